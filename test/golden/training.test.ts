import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenseName } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import type { HintGraphKind } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { LanguageModelGradient, prepareGradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { stepAdamW, trainedTensor } from '#gpu-worker/training/optimiser/adam-w.ts';
import { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { adapterTensorNames } from '#shared/adapter-file/adapter-tensors.ts';
import { expectClose, tolerances } from '#test/golden/compare-tensors.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';
import { type GoldenModel, prepareGoldenModel } from '#test/golden/prepare-golden-model.ts';
import { goldenAdapter, qpeftCases } from '#test/golden/qpeft-fixture.ts';
import { readGoldenTensors } from '#test/golden/read-golden-tensors.ts';
import { goldenStep, type StepContext } from '#test/golden/training-step.ts';

/** Settings of the golden steps (golden README). */
const adamW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 } as const;
const learningRate = 1e-2;
const margin = 0.5;
const steps = 3;

/** Adam's first step is lr · sign(g): below this a gradient's sign is float noise. */
const gradientMin = 1e-6;

const goldenNames: Readonly<Record<DenseName, string>> = {
  'mlp.first.weight': adapterTensorNames.mlpFirstWeight,
  'mlp.first.bias': adapterTensorNames.mlpFirstBias,
  'mlp.second.weight': adapterTensorNames.mlpSecondWeight,
  'mlp.second.bias': adapterTensorNames.mlpSecondBias,
  'attention.in.weight': adapterTensorNames.attentionInWeight,
  'attention.in.bias': adapterTensorNames.attentionInBias,
  'attention.out.weight': adapterTensorNames.attentionOutWeight,
  'attention.out.bias': adapterTensorNames.attentionOutBias,
  soft_prompt: adapterTensorNames.softPrompt,
};

let golden: GoldenModel;
let languageModel: LanguageModelGradient;
const modules: HintModule[] = [];

beforeAll(async () => {
  golden = await prepareGoldenModel(join(goldenFolder, 'tiny-llama'), 'fp32');
  languageModel = await LanguageModelGradient.open(
    prepareGradientGraph(golden.model.config, golden, { slots: 3, keyValueType: 'float32' }),
    golden.model.config,
  );
});
afterAll(async () => {
  for (const module of modules) await module.close();
  await languageModel.close();
  await golden.close();
});

const kinds: Readonly<Record<string, HintGraphKind | null>> = {
  R: { method: 'retrieve' },
  A: { method: 'attend', heads: qpeftCases.heads },
  S: null,
};

describe.each(Object.entries(kinds))('adapter %s in training', (name, kind) => {
  const expected = readGoldenTensors(`qpeft/expected_${name}.safetensors`);
  const cases = qpeftCases.adapters[name];
  let context: StepContext;
  let adapter: TrainedAdapter;

  beforeAll(async () => {
    context = await openContext(kind);
    adapter = new TrainedAdapter(goldenAdapter(name, 'd'), golden.embeddings);
  });

  const tensor = (stage: string, stored: string) => {
    const values = expected.get(`${stage}.${stored}`);
    if (values === undefined) throw new Error(`the golden file has no "${stage}.${stored}"`);
    return values;
  };
  /** Every golden tensor of a stage, so that none is left out. */
  const storedNames = (stage: string) =>
    [...expected.keys()].flatMap((key) => (key.startsWith(`${stage}.`) ? [key.slice(stage.length + 1)] : []));

  it.each([0, 0.5] as const)('loss and NLL matrix with margin %f', async (with_margin) => {
    const { loss, meanNll } = await goldenStep(context, adapter, with_margin);
    const stored = with_margin === 0 ? cases?.['loss_margin_0.0'] : cases?.['loss_margin_0.5'];
    expectClose('NLL', meanNll, stored?.nll.flat() ?? [], tolerances.loss);
    expectClose(
      'pairwise, pointwise, total',
      [loss.ranking, loss.pointwise, loss.value],
      [stored?.pairwise ?? 0, stored?.pointwise ?? 0, stored?.total ?? 0],
      tolerances.loss,
    );
  });

  it('every gradient', async () => {
    const { gradient } = await goldenStep(context, adapter, margin);
    const compared: string[] = [];
    for (const [key, values] of gradient.dense) {
      const stored = goldenNames[key as DenseName];
      expectRelativelyClose(`grad.${stored}`, values, tensor('grad', stored));
      compared.push(stored);
    }
    if (kind !== null) {
      const table = tableOf(gradient.rows, expected);
      expectRelativelyClose('grad of the table', table, tensor('grad', adapterTensorNames.embeddingTable));
      compared.push(adapterTensorNames.embeddingTable);
    }
    expect(compared.sort()).toEqual(storedNames('grad').sort());
  });

  it('three AdamW steps: losses, parameters, touched rows', async () => {
    const moving = new TrainedAdapter(goldenAdapter(name, 'd'), golden.embeddings);
    const losses: number[] = [];
    for (let step = 0; step < steps; step += 1) {
      const { loss, gradient } = await goldenStep(context, moving, margin);
      losses.push(loss.value);
      moving.update(gradient, { learningRate, dense: adamW, rows: adamW });
    }
    losses.push((await goldenStep(context, moving, margin)).loss.value);
    expectClose('losses', losses, cases?.adamw_masked_losses ?? [], tolerances.trainedLoss);
    expect(moving.touchedRows).toEqual(cases?.touched_rows ?? []);
    const compared: string[] = [];
    for (const key of moving.denseNames) {
      const stored = goldenNames[key];
      expectCloseWhereTrained(stored, moving.dense(key), tensor('adamw3', stored), tensor('grad', stored));
      compared.push(stored);
    }
    if (kind !== null) {
      const stored = adapterTensorNames.embeddingTable;
      const ids = Array.from({ length: golden.embeddings.rows }, (_, id) => id);
      const wanted = tensor('adamw3', stored);
      const table = moving.gather(ids);
      const untouched = ids.filter((id) => !moving.touchedRows.includes(id));
      const start = new TrainedAdapter(goldenAdapter(name, 'd'), golden.embeddings);
      expect(moving.gather(untouched), 'untouched rows').toEqual(start.gather(untouched));
      expectCloseWhereTrained(stored, table, wanted, tensor('grad', stored));
      expectClose('the whole table', table, wanted, tolerances.noisyParameter);
      expect(moving.toAdapterFile().embedding).toEqual({ kind: 'table', values: table });
      compared.push(stored);
    }
    expect(compared.sort()).toEqual(storedNames('adamw3').sort());
  });
});

it.each(['R', 'A'])('adapter %s in plain AdamW, which decays untouched rows too', async (name) => {
  const expected = readGoldenTensors(`qpeft/expected_${name}.safetensors`);
  const stored = adapterTensorNames.embeddingTable;
  const [wanted, gradients] = [expected.get(`adamw3_plain.${stored}`), expected.get(`grad.${stored}`)];
  if (wanted === undefined || gradients === undefined) throw new Error('the golden file has no plain variant');
  const context = await openContext(kinds[name] ?? null);
  const moving = new TrainedAdapter(goldenAdapter(name, 'd'), golden.embeddings);
  const ids = Array.from({ length: golden.embeddings.rows }, (_, id) => id);
  const table = trainedTensor(moving.gather(ids));
  for (let step = 1; step <= steps; step += 1) {
    // Rows that nothing reads do not change what the others' gradients are, so the sparse run gives them all.
    const { gradient } = await goldenStep(context, moving, margin);
    stepAdamW(table, tableOf(gradient.rows, expected), step, learningRate, adamW);
    moving.update(gradient, { learningRate, dense: adamW, rows: adamW });
  }
  expectCloseWhereTrained(stored, table.values, wanted, gradients);
  const width = golden.embeddings.width;
  const untouched = ids.filter((id) => !moving.touchedRows.includes(id));
  const rowsOf = (values: Float32Array) =>
    untouched.flatMap((id) => [...values.subarray(id * width, (id + 1) * width)]);
  expectClose('decayed rows', rowsOf(table.values), rowsOf(wanted), tolerances.hints);
  expect(rowsOf(table.values)).not.toEqual([...moving.gather(untouched)]);
});

async function openContext(kind: HintGraphKind | null): Promise<StepContext> {
  const hints = kind === null ? null : await HintModule.open(kind, golden.embeddings.width, golden.embeddings);
  if (hints !== null) modules.push(hints);
  return { golden, languageModel, forward: golden.runner, hints };
}

/** Row gradients as a whole table [V, D], zeros elsewhere. */
function tableOf(rows: ReadonlyMap<number, Float32Array>, expected: ReadonlyMap<string, Float32Array>): Float32Array {
  const table = new Float32Array(expected.get(`grad.${adapterTensorNames.embeddingTable}`)?.length ?? 0);
  for (const [id, row] of rows) table.set(row, id * row.length);
  return table;
}

/** |difference| ≤ absolute + relative · |expected|, per value. */
function expectRelativelyClose(name: string, got: Float32Array, expected: Float32Array): void {
  const { gradientAbsolute, gradientRelative } = tolerances;
  const excess = Array.from(expected, (value, index) => {
    const difference = Math.abs((got[index] ?? Number.NaN) - value);
    return difference / (gradientAbsolute + gradientRelative * Math.abs(value));
  });
  expectClose(`${name} in tolerances`, excess, new Float32Array(expected.length), 1);
  expect(got.length, `${name}: values`).toBe(expected.length);
}

/** Where the first gradient was more than float noise: the rest Adam moves by up to lr per step in either direction. */
function expectCloseWhereTrained(
  name: string,
  got: Float32Array,
  expected: Float32Array,
  gradient: Float32Array,
): void {
  const trained = [...gradient.keys()].filter((index) => Math.abs(gradient[index] ?? 0) > gradientMin);
  expect(trained.length, `${name}: values with a gradient`).toBeGreaterThan(0);
  const pick = (values: Float32Array) => trained.map((index) => values[index] ?? Number.NaN);
  expectClose(`adamw3.${name}`, pick(got), pick(expected), tolerances.trainedParameter);
}
