import { type Feeds, ModelSession, type SessionMemory, type SessionTensor } from '#gpu-worker/engine/model-session.ts';
import type { ModelConfig } from '#gpu-worker/language-model/model-config.ts';
import { RotaryTable } from '#gpu-worker/language-model/rotary-table.ts';

/** Keys and values of `length` tokens, as one run returned them: per layer key, value, each float32 [1, G, length, h]. */
export interface KeyValues {
  readonly length: number;
  readonly tensors: readonly Float32Array[];
}

export interface TargetRun {
  /** float32 [S, D]. */
  readonly embeddings: Float32Array;
  readonly past: KeyValues;
  /** Rows of this run that predict the targets. */
  readonly targetRows: readonly number[];
  readonly targetIds: readonly number[];
}

export const noKeyValues: KeyValues = { length: 0, tensors: [] };

/** Runs of the frozen LLM on one session: feeds positions and past, names outputs. */
export class LanguageModelRunner {
  readonly #session: ModelSession;
  readonly #config: ModelConfig;
  readonly #rotary: RotaryTable;

  constructor(session: ModelSession, config: ModelConfig) {
    this.#session = session;
    this.#config = config;
    this.#rotary = new RotaryTable(config);
  }

  static async open(
    graphPath: string,
    config: ModelConfig,
    memory: SessionMemory = 'repack',
  ): Promise<LanguageModelRunner> {
    return new LanguageModelRunner(await ModelSession.open(graphPath, memory), config);
  }

  /** Keys and values of the whole sequence, past included. */
  async keyValues(embeddings: Float32Array, past: KeyValues = noKeyValues): Promise<KeyValues> {
    const names = this.#presentNames();
    const feeds = this.#feeds({ embeddings, past, targetRows: [], targetIds: [] });
    const outputs = await this.#session.run(feeds, names);
    return {
      length: past.length + embeddings.length / this.#config.hiddenSize,
      tensors: names.map((name) => outputOf(outputs, name)),
    };
  }

  /** log p of each target, nats: float32 [N]. */
  async logProbabilities(run: TargetRun): Promise<Float32Array> {
    const outputs = await this.#session.run(this.#feeds(run), ['log_probabilities']);
    return outputOf(outputs, 'log_probabilities');
  }

  /** Any outputs of the graph by name; for tests and calibration. */
  async outputs(run: TargetRun, names: readonly string[]): Promise<Record<string, Float32Array>> {
    return this.#session.run(this.#feeds(run), names);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #feeds(run: TargetRun): Feeds {
    const { hiddenSize, headSize, keyValueHeads, layers } = this.#config;
    const length = run.embeddings.length / hiddenSize;
    const rotary = this.#rotary.slice(run.past.length, length);
    const targets = run.targetRows.length;
    const feeds: Record<string, SessionTensor> = {
      embeddings: { type: 'float32', shape: [length, hiddenSize], data: run.embeddings },
      rotary_cosine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.cosine },
      rotary_sine: { type: 'float32', shape: [1, length, headSize / 2], data: rotary.sine },
      target_rows: { type: 'int64', shape: [targets], data: BigInt64Array.from(run.targetRows, BigInt) },
      target_ids: { type: 'int64', shape: [targets, 1], data: BigInt64Array.from(run.targetIds, BigInt) },
    };
    for (let layer = 0; layer < layers; layer += 1) {
      for (const [index, part] of (['key', 'value'] as const).entries()) {
        feeds[`past.${layer}.${part}`] = {
          type: 'float32',
          shape: [1, keyValueHeads, run.past.length, headSize],
          data: run.past.tensors[layer * 2 + index] ?? new Float32Array(0),
        };
      }
    }
    return feeds;
  }

  #presentNames(): string[] {
    return Array.from({ length: this.#config.layers }, (_, layer) => [
      `present.${layer}.key`,
      `present.${layer}.value`,
    ]).flat();
  }
}

function outputOf(outputs: Readonly<Record<string, Float32Array>>, name: string): Float32Array {
  const values = outputs[name];
  if (values === undefined) throw new Error(`the run returned no "${name}"`);
  return values;
}
