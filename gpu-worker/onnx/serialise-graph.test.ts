import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ModelSession } from '#gpu-worker/engine/model-session.ts';
import { GraphBuilder } from '#gpu-worker/onnx/graph-builder.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hintrank-onnx-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** y = Concat(x · W + b, rows of x by index): W external at an offset, b and the indices inline; attributes of every kind but string. */
function affineGraph() {
  const builder = new GraphBuilder('affine');
  const x = builder.input('x', 'float32', ['rows', 2]);
  const weight = builder.initializer('w', 'float32', [2, 2], {
    kind: 'external',
    file: 'weights.bin',
    offset: 4_096,
    length: 16,
  });
  const bias = builder.float32('b', [2], [0.5, -0.5]);
  const transposed = builder.node('/Transpose', 'Transpose', [weight], { perm: { ints: [1, 0] } });
  const product = builder.node('/Gemm', 'Gemm', [x, transposed, bias], { alpha: { float: 2 }, transB: { int: 1 } });
  const picked = builder.node('/Gather', 'Gather', [x, builder.int64('rows', [-1])], { axis: { int: 0 } });
  builder.node('/Concat', 'Concat', [product, picked], { axis: { int: -2 } }, 'y');
  builder.output('y', 'float32', ['all_rows', 2]);
  return serialiseGraph(builder.build());
}

const feeds = { x: { type: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } } as const;

it('runs in onnxruntime with external and inline initializers, attributes and names', async () => {
  const weights = new Float32Array(1_028).fill(Number.NaN);
  weights.set([1, 10, 100, 1_000], 1_024);
  writeFileSync(join(folder, 'weights.bin'), weights);
  writeFileSync(join(folder, 'graph.onnx'), affineGraph());
  const session = await ModelSession.open(join(folder, 'graph.onnx'));
  const { y } = await session.run(feeds, ['y']);
  await session.close();
  // 2 · x · W + b, then the last row of x.
  expect(y).toEqual(Float32Array.of(402.5, 4_019.5, 806.5, 8_059.5, 3, 4));
});

it('is the same bytes for the same graph, so that its digest can name it', () => {
  expect(affineGraph()).toEqual(affineGraph());
});

it('cannot be opened without the weights file that it names', async () => {
  writeFileSync(join(folder, 'graph.onnx'), affineGraph());
  await expect(ModelSession.open(join(folder, 'graph.onnx'))).rejects.toThrow('weights.bin');
});

it('runs onnxruntime’s own operators and zero-length axes', async () => {
  const builder = new GraphBuilder('integer');
  const x = builder.input('x', 'float32', ['rows', 2]);
  const scales = builder.float32('scales', [], [0.5]);
  const zeroPoint = builder.uint8('zero_point', [128], []);
  const quantised = builder.node('/QuantizeLinear', 'QuantizeLinear', [x, scales, zeroPoint]);
  const weight = builder.initializer('w', 'int8', [2, 1], {
    kind: 'inline',
    bytes: new Uint8Array(Int8Array.of(3, -4).buffer),
  });
  const weightScale = builder.float32('w_scale', [1], [0.25]);
  builder.node(
    '/MatMulIntegerToFloat',
    'MatMulIntegerToFloat',
    [quantised, weight, scales, weightScale, zeroPoint],
    {},
    'y',
  );
  builder.output('y', 'float32', ['rows', 1]);
  const session = await ModelSession.open(serialiseGraph(builder.build()));
  const run = async (rows: readonly number[]) => {
    const data = Float32Array.from(rows);
    return (await session.run({ x: { type: 'float32', shape: [data.length / 2, 2], data } }, ['y']))['y'];
  };
  expect(await run([1, 2, -1, 0.5])).toEqual(Float32Array.of(-1.25, -1.25));
  expect(await run([])).toEqual(new Float32Array(0));
  await session.close();
});
