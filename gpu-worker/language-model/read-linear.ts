import type { StoredLinear } from '#gpu-worker/language-model/stored-linear-layers.ts';
import type { TensorSource } from '#gpu-worker/weights/tensor-source.ts';

/** Rows that are in memory at a time: 1,024 × 4,096 float32 are 16 MB. */
const rowsPerBlock = 1_024;

/** Channels of a stored linear layer, whose checkpoint tensors are stacked along the outputs. */
export function linearSize(source: TensorSource, { weights }: StoredLinear): { outputs: number; inputs: number } {
  const shapes = weights.map((name) => shapeOf(source, name));
  return { outputs: shapes.reduce((sum, [rows]) => sum + rows, 0), inputs: shapes[0]?.[1] ?? 0 };
}

/** [out, in] of a weight, [out, 1] of a bias. */
function shapeOf(source: TensorSource, name: string): [number, number] {
  const info = source.tensors.get(name);
  if (info === undefined) throw new Error(`the checkpoint has no tensor "${name}"`);
  return [info.shape[0] ?? 0, info.shape[1] ?? 1];
}

/** The rows of several tensors one after the other, in blocks. */
export function* readBlocks(source: TensorSource, names: readonly string[]): Generator<Float32Array> {
  for (const name of names) {
    const [rows] = shapeOf(source, name);
    for (let start = 0; start < rows; start += rowsPerBlock) {
      yield source.readRows(name, start, Math.min(rows, start + rowsPerBlock));
    }
  }
}
