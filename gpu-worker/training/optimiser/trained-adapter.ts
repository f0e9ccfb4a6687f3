import { type DenseName, denseTensors, withTensors } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import type { HintParameters } from '#gpu-worker/q-peft/hint-feeds.ts';
import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import { AdapterEmbeddingTable } from '#gpu-worker/scoring/adapter-embedding-table.ts';
import type { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import type { AdapterGradient } from '#gpu-worker/training/gradients/adapter-gradient.ts';
import {
  type AdamWSettings,
  stepAdamW,
  type TrainedTensor,
  trainedTensor,
} from '#gpu-worker/training/optimiser/adam-w.ts';
import {
  gatherRows,
  type PackedRows,
  packRows,
  stepRows,
  type TrainedRows,
  unpackRows,
} from '#gpu-worker/training/optimiser/trained-rows.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';

export interface AdapterStep {
  /** Of this step: base rate × schedule. */
  readonly learningRate: number;
  /** For MLP, attention and soft prompt. */
  readonly dense: AdamWSettings;
  /** For rows of E'. */
  readonly rows: AdamWSettings;
}

/** A checkpoint's form: plain typed arrays. */
export interface PackedAdapter {
  readonly step: number;
  readonly dense: Readonly<Partial<Record<DenseName, TrainedTensor>>>;
  readonly rows: PackedRows;
}

/** An adapter under training: what it started from, and what steps have made of it. */
export class TrainedAdapter implements HintParameters {
  readonly start: AdapterFile;
  readonly #frozen: EmbeddingTable;
  readonly #base: RowSource;
  readonly #dense: ReadonlyMap<DenseName, TrainedTensor>;
  #rows: TrainedRows = new Map();
  #step = 0;

  constructor(start: AdapterFile, frozen: EmbeddingTable) {
    this.start = start;
    this.#frozen = frozen;
    this.#base = new AdapterEmbeddingTable(start, frozen);
    this.#dense = new Map(denseTensors(start).map(([name, values]) => [name, trainedTensor(values.slice())]));
  }

  get residual(): boolean {
    return this.start.config.residual;
  }

  /** Steps that were made. */
  get step(): number {
    return this.#step;
  }

  /** Token ids of the rows of E' that steps have touched. */
  get touchedRows(): number[] {
    return [...this.#rows.keys()].sort((a, b) => a - b);
  }

  get denseNames(): readonly DenseName[] {
    return [...this.#dense.keys()];
  }

  /** Current values of a parameter, live: they change with the next step. */
  dense(name: DenseName): Float32Array {
    const tensor = this.#dense.get(name);
    if (tensor === undefined) throw new Error(`an adapter of method "${this.start.config.method}" has no "${name}"`);
    return tensor.values;
  }

  /** Current rows of E', float32 [ids, D]. */
  gather(ids: readonly number[]): Float32Array {
    return gatherRows(this.#rows, this.#base, ids);
  }

  /** One AdamW step; a parameter without a gradient goes on by momentum and decay. */
  update(gradient: AdapterGradient, settings: AdapterStep): void {
    this.#step += 1;
    const { learningRate } = settings;
    for (const [name, tensor] of this.#dense) {
      stepAdamW(tensor, gradient.dense.get(name) ?? null, this.#step, learningRate, settings.dense);
    }
    stepRows(this.#rows, this.#base, gradient.rows, this.#step, learningRate, settings.rows);
  }

  /** The adapter as it is now, for scoring or for a file; a copy. */
  toAdapterFile(): AdapterFile {
    const values = new Map([...this.#dense].map(([name, tensor]) => [name, tensor.values.slice()]));
    return { ...withTensors(this.start, values), embedding: this.#embedding() };
  }

  /** Another adapter beside the same frozen table. */
  beside(file: AdapterFile): TrainedAdapter {
    return new TrainedAdapter(file, this.#frozen);
  }

  pack(): PackedAdapter {
    const copy = ({ values, first, second }: TrainedTensor) => ({
      values: values.slice(),
      first: first.slice(),
      second: second.slice(),
    });
    const dense = Object.fromEntries([...this.#dense].map(([name, tensor]) => [name, copy(tensor)]));
    return { step: this.#step, dense, rows: packRows(this.#rows, this.start.hiddenSize) };
  }

  /** Puts a packed state back; it must be one of an adapter with the same start. */
  restore(packed: PackedAdapter): void {
    for (const [name, tensor] of this.#dense) {
      const saved = packed.dense[name];
      if (saved === undefined || saved.values.length !== tensor.values.length) {
        throw new Error(`the checkpoint has no "${name}" of ${tensor.values.length} values`);
      }
      tensor.values.set(saved.values);
      tensor.first.set(saved.first);
      tensor.second.set(saved.second);
    }
    this.#rows = unpackRows(packed.rows, this.start.hiddenSize);
    this.#step = packed.step;
  }

  /** E' with its touched rows: a whole table stays whole, a sparse one gains rows. */
  #embedding(): AdapterFile['embedding'] {
    const { embedding, hiddenSize } = this.start;
    if (embedding === null) return null;
    if (embedding.kind === 'table') {
      const values = embedding.values.slice();
      for (const [id, row] of this.#rows) values.set(row.values, id * hiddenSize);
      return { kind: 'table', values };
    }
    const ids = [...new Set([...embedding.rows, ...this.#rows.keys()])].sort((a, b) => a - b);
    return {
      kind: 'rows',
      rows: Int32Array.from(ids),
      values: ids.length === 0 ? new Float32Array(0) : this.gather(ids),
    };
  }
}
