import { afterEach, describe, expect, it } from 'vitest';
import type { HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { attendInput, blockInput, type HintInput } from '#gpu-worker/q-peft/hint-input.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { type AdapterGradient, emptyGradient } from '#gpu-worker/training/gradients/adapter-gradient.ts';
import { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import type { AdapterFile } from '#shared/adapter-file/adapter-file.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';

const width = 8;
const vocabulary = 12;
const tokens = { open: [1, 2], close: [3], query: [4, 5, 4], document: [6, 7, 0, 8, 9] };
const filters = { filters: 'd', specialIds: new Set([0]) };
const tolerance = 1e-4;

const normal = seededNormal(11);
const random = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * normal());
const frozenValues = random(vocabulary * width);
const frozen = new EmbeddingTable({
  tensors: new Map([
    ['model.embed_tokens.weight', { name: 'model.embed_tokens.weight', shape: [vocabulary, width], storage: 'F32' }],
  ]),
  readRows: (_, from = 0, to = vocabulary) => frozenValues.slice(from * width, to * width),
  close: () => {},
});

function adapterOf(method: 'retrieve' | 'attend', residual: boolean): AdapterFile {
  const attention = {
    inProjectionWeight: random(3 * width * width, 0.5),
    inProjectionBias: random(3 * width),
    outProjectionWeight: random(width * width, 0.5),
    outProjectionBias: random(width),
  };
  return {
    config: {
      format: 'hintrank-adapter-1',
      method,
      k: 2,
      heads: 2,
      filters: 'd',
      residual,
      template: 'clean-1',
      hintLocation: 'suffix',
    },
    hiddenSize: width,
    embedding: { kind: 'rows', rows: Int32Array.of(2, 4), values: random(2 * width) },
    mlp: {
      firstWeight: random(width * width, 0.4),
      firstBias: random(width),
      secondWeight: random(width * width, 0.4),
      secondBias: random(width),
    },
    attention: method === 'attend' ? attention : null,
    softPrompt: null,
  };
}

/** 2 heads, 3 query rows, 4 keys (the special token is none): every third weight dropped at rate .25. */
const kept = () => Float32Array.from({ length: 2 * 3 * 4 }, (_, index) => (index % 3 === 0 ? 0 : 1 / 0.75));

const cases: readonly [string, HintGraphKind, HintInput, boolean][] = [
  ['retrieve', { method: 'retrieve' }, blockInput(tokens, [6, 6]), false],
  ['retrieve, residual', { method: 'retrieve' }, blockInput(tokens, [6, 4]), true],
  ['attend', { method: 'attend', heads: 2 }, attendInput(tokens, filters, null), false],
  [
    'attend, residual, dropout',
    { method: 'attend', heads: 2, dropout: true },
    attendInput(tokens, filters, kept),
    true,
  ],
];

let opened: HintModule | null = null;
afterEach(async () => {
  await opened?.close();
  opened = null;
});

describe.each(cases)('%s', (_, kind, input, residual) => {
  async function backward(
    adapter: TrainedAdapter,
  ): Promise<{ module: HintModule; seed: Float32Array; gradient: AdapterGradient }> {
    const module = await HintModule.open(kind, width, frozen);
    opened = module;
    const hints = await module.forward(input, adapter);
    const seed = random(hints.length);
    const gradient = emptyGradient();
    await module.backward(input, adapter, seed, gradient);
    return { module, seed, gradient };
  }

  it('has the slope that finite differences give, for every parameter and for the rows of E′', async () => {
    const file = adapterOf(kind.method, residual);
    const { module, seed, gradient } = await backward(new TrainedAdapter(file, frozen));
    const lossOf = async (adapter: TrainedAdapter) => {
      const hints = await module.forward(input, adapter);
      return hints.reduce((sum, value, index) => sum + value * (seed[index] ?? Number.NaN), 0);
    };
    /** A step of plain descent along a direction moves the parameters there: AdamW is not asked. */
    const moved = (name: string, values: Float32Array) => {
      const adapter = new TrainedAdapter(file, frozen);
      const packed = adapter.pack();
      const dense = Object.entries(packed.dense).map(([key, tensor]) => [
        key,
        key === name ? { ...tensor, values } : tensor,
      ]);
      const ids = Int32Array.from([...gradient.rows.keys()].sort((a, b) => a - b));
      const zeros = new Float32Array(ids.length * width);
      const rows = { ids, values: name === 'rows' ? values : adapter.gather([...ids]), first: zeros, second: zeros };
      adapter.restore({ step: 0, dense: Object.fromEntries(dense), rows });
      return adapter;
    };
    const start = new TrainedAdapter(file, frozen);
    const ids = [...gradient.rows.keys()].sort((a, b) => a - b);
    const rowGradient = Float32Array.from(ids.flatMap((id) => [...(gradient.rows.get(id) ?? [])]));
    const parameters: [string, Float32Array, Float32Array][] = [
      ...start.denseNames.map((name): [string, Float32Array, Float32Array] => [
        name,
        start.dense(name),
        gradient.dense.get(name) ?? new Float32Array(0),
      ]),
      ['rows', start.gather(ids), rowGradient],
    ];
    for (const [name, values, analytic] of parameters) {
      const drawn = random(values.length);
      const length = Math.hypot(...drawn);
      const direction = drawn.map((value) => value / length);
      // Small, so that no hidden unit of the ReLU crosses 0.
      const numeric = await centralDifference(
        (distance) =>
          lossOf(
            moved(
              name,
              values.map((value, index) => value + distance * (direction[index] ?? 0)),
            ),
          ),
        5e-3,
      );
      const slope = direction.reduce((sum, value, index) => sum + value * (analytic[index] ?? Number.NaN), 0);
      const norm = Math.max(1, Math.hypot(...analytic));
      expect(Math.abs(slope - numeric) / norm, `${name}: analytic ${slope}, numeric ${numeric}`).toBeLessThan(
        tolerance,
      );
    }
  });

  it('touches the rows that it reads and no others', async () => {
    const adapter = new TrainedAdapter(adapterOf(kind.method, residual), frozen);
    const { gradient } = await backward(adapter);
    const settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0 };
    adapter.update(gradient, { learningRate: 1e-3, dense: settings, rows: settings });
    const read = input.method === 'retrieve' ? input.block : [...input.open, ...input.query, ...input.close];
    expect(adapter.touchedRows).toEqual([...new Set(read)].sort((a, b) => a - b));
    const written = adapter.toAdapterFile().embedding;
    // Rows 2 and 4 were the starting adapter's own.
    const stored = [...new Set([...read, 2, 4])].sort((a, b) => a - b);
    expect(written?.kind === 'rows' ? [...written.rows] : []).toEqual(stored);
    expect(written?.values).toEqual(adapter.gather(stored));
  });
});

it('leaves the bias of the keys alone: its true gradient is zero', async () => {
  const adapter = new TrainedAdapter(adapterOf('attend', true), frozen);
  opened = await HintModule.open({ method: 'attend', heads: 2 }, width, frozen);
  const gradient = emptyGradient();
  const input = attendInput(tokens, filters, null);
  const hints = await opened.forward(input, adapter);
  await opened.backward(input, adapter, random(hints.length), gradient);
  const bias = gradient.dense.get('attention.in.bias') ?? new Float32Array(0);
  expect(bias.subarray(width, 2 * width)).toEqual(new Float32Array(width));
  expect(bias.subarray(2 * width).every((value) => value !== 0)).toBe(true);
});

it('with dropout and no draw gives the hints of a module without, bit for bit', async () => {
  const adapter = new TrainedAdapter(adapterOf('attend', false), frozen);
  const input = attendInput(tokens, filters, null);
  const plain = await HintModule.open({ method: 'attend', heads: 2 }, width, frozen);
  opened = await HintModule.open({ method: 'attend', heads: 2, dropout: true }, width, frozen);
  const expected = await plain.forward(input, adapter);
  expect(await opened.forward(input, adapter)).toEqual(expected);
  expect(await opened.forward(attendInput(tokens, filters, kept), adapter)).not.toEqual(expected);
  await expect(plain.forward(attendInput(tokens, filters, kept), adapter)).rejects.toThrow('in a graph without');
  await plain.close();
});

it('goes on from a packed state exactly as if it had not been packed', async () => {
  const file = adapterOf('retrieve', true);
  opened = await HintModule.open({ method: 'retrieve' }, width, frozen);
  const settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.01 };
  const seed = random(5 * width);
  const stepOn = async (adapter: TrainedAdapter, hintIds: readonly number[]) => {
    const gradient = emptyGradient();
    await opened?.backward(blockInput(tokens, hintIds), adapter, seed, gradient);
    adapter.update(gradient, { learningRate: 1e-2, dense: settings, rows: settings });
  };
  const whole = new TrainedAdapter(file, frozen);
  await stepOn(whole, [6, 7]);
  const resumed = new TrainedAdapter(file, frozen);
  resumed.restore(structuredClone(whole.pack()));
  await stepOn(whole, [8, 7]);
  await stepOn(resumed, [8, 7]);
  expect(resumed.pack()).toEqual(whole.pack());
  expect(resumed.toAdapterFile()).toEqual(whole.toAdapterFile());
});
