import type { RowSource } from '#gpu-worker/q-peft/row-source.ts';
import {
  type AdamWSettings,
  stepAdamW,
  type TrainedTensor,
  trainedTensor,
} from '#gpu-worker/training/optimiser/adam-w.ts';

/** The rows of E' that have had a gradient, by token id; no other row is stored, updated or decayed. */
export type TrainedRows = Map<number, TrainedTensor>;

/** A checkpoint's form of `TrainedRows`: ids ascending, the rest float32 [ids, D]. */
export interface PackedRows {
  readonly ids: Int32Array;
  readonly values: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** Current values, float32 [ids, D]. */
export function gatherRows(rows: TrainedRows, base: RowSource, ids: readonly number[]): Float32Array {
  const gathered = base.gather(ids);
  const width = gathered.length / ids.length;
  for (const [index, id] of ids.entries()) {
    const trained = rows.get(id);
    if (trained !== undefined) gathered.set(trained.values, index * width);
  }
  return gathered;
}

/** One AdamW step of every row that has or had a gradient other than zero; a row that has none now goes on by momentum. */
export function stepRows(
  rows: TrainedRows,
  base: RowSource,
  gradients: ReadonlyMap<number, Float32Array>,
  step: number,
  learningRate: number,
  settings: AdamWSettings,
): void {
  for (const [id, gradient] of gradients) {
    if (!rows.has(id) && gradient.some((value) => value !== 0)) rows.set(id, trainedTensor(base.gather([id])));
  }
  for (const [id, row] of rows) stepAdamW(row, gradients.get(id) ?? null, step, learningRate, settings);
}

export function packRows(rows: TrainedRows, width: number): PackedRows {
  const ids = Int32Array.from([...rows.keys()].sort((a, b) => a - b));
  const join = (part: keyof TrainedTensor) => {
    const joined = new Float32Array(ids.length * width);
    for (const [index, id] of ids.entries()) joined.set(rows.get(id)?.[part] ?? [], index * width);
    return joined;
  };
  return { ids, values: join('values'), first: join('first'), second: join('second') };
}

/** Copies, so that further steps leave `packed` alone. */
export function unpackRows(packed: PackedRows, width: number): TrainedRows {
  const rows: TrainedRows = new Map();
  for (const [index, id] of packed.ids.entries()) {
    const row = (part: Float32Array) => part.slice(index * width, (index + 1) * width);
    rows.set(id, { values: row(packed.values), first: row(packed.first), second: row(packed.second) });
  }
  return rows;
}
