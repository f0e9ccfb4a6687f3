import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Feeds, ModelSession, type SessionTensor } from '#gpu-worker/engine/model-session.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import { buildHintGraph } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { expectClose, tolerances } from '#test/golden/compare-tensors.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 6;
const normal = seededNormal(11);
const tensor = (...shape: number[]): SessionTensor & { data: Float32Array } => ({
  type: 'float32',
  shape,
  data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, normal),
});
const zeros = (...shape: number[]): SessionTensor => ({
  type: 'float32',
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

const mlp = {
  'mlp.first.weight': tensor(width, width),
  'mlp.first.bias': tensor(width),
  'mlp.second.weight': tensor(width, width),
  'mlp.second.bias': tensor(width),
};

type Row = number[];
const rowsOf = (values: ArrayLike<number>, columns: number): Row[] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from({ length: columns }, (__, n) => values[row * columns + n] ?? 0),
  );
const dot = (a: Row, b: Row) => a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
/** W · x + b, as the method states it, in float64. */
const linear = (weight: ArrayLike<number>, bias: ArrayLike<number>, x: Row): Row =>
  rowsOf(weight, x.length).map((weights, output) => dot(weights, x) + (bias[output] ?? 0));

function feedForward(x: Row): Row {
  const hidden = linear(mlp['mlp.first.weight'].data, mlp['mlp.first.bias'].data, x).map((value) => Math.max(0, value));
  return linear(mlp['mlp.second.weight'].data, mlp['mlp.second.bias'].data, hidden);
}

const residualOf = (value: 0 | 1): SessionTensor => ({ type: 'float32', shape: [1], data: Float32Array.of(value) });

describe('the retrieving hint graph', () => {
  const block = tensor(5, width);
  let session: ModelSession;
  beforeAll(async () => {
    session = await ModelSession.open(serialiseGraph(buildHintGraph({ method: 'retrieve' }, width)));
  });
  afterAll(() => session.close());

  it.each([0, 1] as const)('is residual · x + MLP(x) for each row, residual %i', async (residual) => {
    const { hints } = await session.run({ block, residual: residualOf(residual), ...mlp }, ['hints']);
    const expected = rowsOf(block.data, width).map((row) =>
      feedForward(row).map((value, n) => value + residual * (row[n] ?? 0)),
    );
    expectClose('hints', hints ?? [], expected.flat(), tolerances.hints);
  });
});

describe.each([1, 2, 3])('the attending hint graph with %i heads', (heads) => {
  const feeds = {
    query: tensor(3, width),
    keys: tensor(4, width),
    open: tensor(2, width),
    close: tensor(1, width),
    'attention.in.weight': tensor(3 * width, width),
    'attention.in.bias': tensor(3 * width),
    'attention.out.weight': tensor(width, width),
    'attention.out.bias': tensor(width),
  };
  let session: ModelSession;
  beforeAll(async () => {
    session = await ModelSession.open(serialiseGraph(buildHintGraph({ method: 'attend', heads }, width)));
  });
  afterAll(() => session.close());
  const run = async (changes: Feeds = {}) =>
    (await session.run({ ...feeds, residual: residualOf(1), ...mlp, ...changes }, ['hints']))['hints'];

  /** torch.nn.MultiheadAttention: query, key and value projections below each other in one weight. */
  function attend(): Row[] {
    const project = (part: number, rows: Float32Array) =>
      rowsOf(rows, width).map((row) =>
        linear(feeds['attention.in.weight'].data, feeds['attention.in.bias'].data, row).slice(
          part * width,
          (part + 1) * width,
        ),
      );
    const [queries, keys, values] = [
      project(0, feeds.query.data),
      project(1, feeds.keys.data),
      project(2, feeds.keys.data),
    ];
    const headSize = width / heads;
    return queries.map((query) => {
      const mixed = query.map((_, channel) => {
        const start = Math.floor(channel / headSize) * headSize;
        const part = (row: Row) => row.slice(start, start + headSize);
        const weights = keys.map((key) => Math.exp(dot(part(query), part(key)) / Math.sqrt(headSize)));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return values.reduce((sum, value, at) => sum + ((weights[at] ?? 0) / total) * (value[channel] ?? 0), 0);
      });
      return linear(feeds['attention.out.weight'].data, feeds['attention.out.bias'].data, mixed);
    });
  }

  it('is x + MLP(x) of open, attended query and close', async () => {
    const block = [...rowsOf(feeds.open.data, width), ...attend(), ...rowsOf(feeds.close.data, width)];
    const expected = block.map((row) => feedForward(row).map((value, n) => value + (row[n] ?? 0)));
    expectClose('hints', (await run()) ?? [], expected.flat(), tolerances.hints);
  });

  it('does not depend on the bias of the keys, nor on their order', async () => {
    const plain = (await run()) ?? [];
    const bias = feeds['attention.in.bias'].data.slice();
    for (let n = width; n < 2 * width; n += 1) bias[n] = (bias[n] ?? 0) + 0.7;
    const biased = await run({ 'attention.in.bias': { type: 'float32', shape: [3 * width], data: bias } });
    expectClose('another key bias', biased ?? [], plain, tolerances.hints);
    const reversed = Float32Array.from(rowsOf(feeds.keys.data, width).reverse().flat());
    const turned = await run({ keys: { ...feeds.keys, data: reversed } });
    expectClose('another order', turned ?? [], plain, tolerances.hints);
  });

  it('leaves the block as it is where the feed-forward weights are zero', async () => {
    const second = { 'mlp.second.weight': zeros(width, width), 'mlp.second.bias': zeros(width) };
    const hints = (await run(second)) ?? new Float32Array(0);
    expect(hints.subarray(0, 2 * width)).toEqual(feeds.open.data);
    expect(hints.subarray(-width)).toEqual(feeds.close.data);
    expect(hints).toHaveLength((2 + 3 + 1) * width);
  });
});
