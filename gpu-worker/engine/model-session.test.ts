import { describe, expect, it } from 'vitest';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';

/** rows = x at the indices; its shape as int64 beside it. */
function openGather(): Promise<ModelSession> {
  const builder = new GraphBuilder('gather');
  const x = builder.input('x', 'float32', ['n', 2]);
  const indices = builder.input('indices', 'int64', ['m']);
  const rows = builder.node('/Gather', 'Gather', [x, indices], { axis: { int: 0 } }, 'rows');
  builder.output(rows, 'float32', ['m', 2]);
  builder.output(builder.node('/Shape', 'Shape', [rows], {}, 'shape'), 'int64', [2]);
  builder.output(builder.node('/Mul', 'Mul', [rows, rows], {}, 'squares'), 'float32', ['m', 2]);
  return ModelSession.open(serialiseGraph(builder.build()));
}

const x = { type: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;
const indicesOf = (...values: number[]) =>
  ({ type: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) }) as const;

describe('ModelSession', () => {
  it('returns the outputs that are named and no others, float32 and int64 inputs', async () => {
    const session = await openGather();
    const results = await session.run({ x, indices: indicesOf(1, 0, 1) }, ['squares', 'rows']);
    expect(results).toEqual({ rows: Float32Array.of(3, 4, 1, 2, 3, 4), squares: Float32Array.of(9, 16, 1, 4, 9, 16) });
    await session.close();
  });

  it('writes into memory of the caller, next to what else is there', async () => {
    const session = await openGather();
    const whole = new Float32Array(8).fill(7);
    const rows = { type: 'float32', shape: [2, 2], data: whole.subarray(2, 6) } as const;
    await session.runInto({ x, indices: indicesOf(1, 0) }, { rows });
    expect(whole).toEqual(Float32Array.of(7, 7, 3, 4, 1, 2, 7, 7));
    await session.close();
  });

  it('takes and gives tensors without rows', async () => {
    const session = await openGather();
    const { rows } = await session.run({ x, indices: indicesOf() }, ['rows']);
    expect(rows).toHaveLength(0);
    await session.close();
  });

  it('leaves results alone when the inputs are used again for something else', async () => {
    const session = await openGather();
    const data = Float32Array.of(1, 2, 3, 4);
    const { rows } = await session.run({ x: { ...x, data }, indices: indicesOf(0) }, ['rows']);
    data.fill(9);
    const { rows: next } = await session.run({ x: { ...x, data }, indices: indicesOf(0) }, ['rows']);
    expect([...(rows ?? []), ...(next ?? [])]).toEqual([1, 2, 9, 9]);
    await session.close();
  });

  it('takes a view into a larger buffer for what it shows', async () => {
    const session = await openGather();
    const data = Float32Array.of(9, 9, 1, 2, 3, 4, 9).subarray(2, 6);
    const { rows } = await session.run({ x: { ...x, data }, indices: indicesOf(1) }, ['rows']);
    expect(rows).toEqual(Float32Array.of(3, 4));
    await session.close();
  });

  it('names an output that is not float32, an input that is missing, and a shape that does not fit', async () => {
    const session = await openGather();
    await expect(session.run({ x, indices: indicesOf(0) }, ['shape'])).rejects.toThrow(
      'the graph\'s output "shape" is not float32',
    );
    await expect(session.run({ x }, ['rows'])).rejects.toThrow('indices');
    const wide = { type: 'float32', shape: [1, 4], data: x.data } as const;
    await expect(session.run({ x: wide, indices: indicesOf(0) }, ['rows'])).rejects.toThrow('x');
    await session.close();
  });

  it('refuses bytes that are not a graph', async () => {
    await expect(ModelSession.open(Uint8Array.of(1, 2, 3))).rejects.toThrow();
  });
});
