import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenseName } from '#gpu-worker/q-peft/adapter-dense-tensors.ts';
import type { TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { listwiseLoss } from '#gpu-worker/training/losses/listwise-loss.ts';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { planStep } from '#gpu-worker/training/steps/plan-step.ts';
import { computeGradient } from '#gpu-worker/training/steps/run-step.ts';
import type { TrainingRun } from '#gpu-worker/training/training-run.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import { centralDifference } from '#test/support/central-difference.ts';
import { seededNormal } from '#test/support/seeded-normal.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

/** Relative to the gradient's norm, the largest slope that a unit direction can have; float32 sums leave less than a tenth of it. */
const tolerance = 2e-3;

const folder = mkdtempSync(join(tmpdir(), 'hintrank-run-step-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let modelPath: string;
beforeAll(() => {
  modelPath = writeTinyTextModel(join(folder, 'model'));
});

const texts = [
  'The fox eats honey.',
  'A bear sleeps all winter.',
  'The fox sleeps in its den.',
  'Honey is eaten by bears.',
];
const exampleOf = (query: string, positive: number): TrainingExample => ({
  queryId: query,
  query,
  positives: [`d${positive}`],
  hardNegatives: texts.map((_, index) => `d${index}`).filter((id) => id !== `d${positive}`),
  candidates: texts.map((_, index) => ({ documentId: `d${index}`, score: -index })),
});
const examples = [exampleOf('what does the fox eat?', 0), exampleOf('where does the fox sleep?', 2)];
const data = {
  train: examples,
  dev: examples,
  corpus: new Map(texts.map((text, index) => [`d${index}`, { title: '', text }])),
  corpusSize: texts.length,
};
const corpusIds = [...data.corpus.keys()];

async function withRun<Result>(
  given: object,
  work: (run: TrainingRun) => Promise<Result>,
  pace = async () => {},
): Promise<Result> {
  const { run, close } = await openTraining({
    settings: trainingSettingsSchema.parse({ k: 3, queriesPerStep: 2, ...given }),
    data,
    dataName: 'foxes',
    calibration: baseModelCalibration,
    withFirstStage: false,
    withTitle: false,
    modelPath,
    cacheFolder: join(folder, 'cache'),
    threads: 1,
    prefixBytesMax: 1e8,
    checkpointPath: join(folder, 'checkpoint'),
    onEvent: () => {},
    pace,
  });
  try {
    return await work(run);
  } finally {
    await close();
  }
}

const cases: readonly [string, DenseName, object][] = [
  ['listwise over the blended score', 'soft_prompt', { method: 'soft-prompt', lossOver: 'blended' }],
  ['listwise over the blended score', 'mlp.second.weight', { method: 'retrieve', lossOver: 'blended' }],
  [
    'pairwise over the blended score',
    'soft_prompt',
    { method: 'soft-prompt', lossOver: 'blended', loss: { kind: 'pairwise', margin: 0.5 } },
  ],
  ['listwise over the likelihood', 'soft_prompt', { method: 'soft-prompt' }],
];

describe.each(cases)('the gradient of the loss %s, for %s', (_, name, given) => {
  it('is the slope that finite differences of the whole step give', async () => {
    await withRun(given, async (run) => {
      const planned = planStep(data.train, corpusIds, 1, run.settings);
      const { gradient } = await computeGradient(run, planned);
      const analytic = gradient.dense.get(name) ?? new Float32Array(0);
      const values = run.adapter.dense(name);
      const start = values.slice();
      const normal = seededNormal(3);
      const drawn = Float64Array.from(start, () => normal());
      const length = Math.hypot(...drawn);
      const direction = drawn.map((value) => value / length);
      const slope = direction.reduce((sum, value, index) => sum + value * (analytic[index] ?? Number.NaN), 0);
      const numeric = await centralDifference(async (distance) => {
        values.set(start.map((value, index) => value + distance * (direction[index] ?? 0)));
        return (await computeGradient(run, planned)).loss.value;
      }, 0.2);
      const norm = Math.hypot(...analytic);
      expect(norm).toBeGreaterThan(1e-3);
      expect(Math.abs(slope - numeric) / norm, `analytic ${slope}, numeric ${numeric}`).toBeLessThan(tolerance);
    });
  });
});

it('the blended loss compares likelihoods with the nats of the lexical match added, each sequence its own', async () => {
  const settings = { method: 'soft-prompt', lossOver: 'blended', loss: { kind: 'listwise', pointwiseWeight: 0 } };
  await withRun(settings, async (run) => {
    const planned = planStep(data.train, corpusIds, 1, run.settings);
    const ran: number[] = [];
    const pool = {
      run: async (tasks: Parameters<TrainingRun['pool']['run']>[0]) => {
        const results = await run.pool.run(tasks);
        ran.push(...results.map((result) => result.meanNegativeLogLikelihood));
        return results;
      },
    };
    const { loss } = await computeGradient({ ...run, pool }, planned);
    const sequences = { meanNll: Float64Array.from(ran), groups: planned.groups };
    const weights = { temperature: 0.2, pointwiseWeight: 0 };
    const offsets = Float64Array.from(planned.sequences, (one) => run.lexicalOffset?.(run.textsOf(one)) ?? 0);
    expect(new Set(offsets).size).toBeGreaterThan(2);
    expect(loss.value).toBe(listwiseLoss({ ...sequences, offsets }, weights).value);
    expect(Math.abs(loss.value - listwiseLoss(sequences, weights).value)).toBeGreaterThan(0.1);
  });
});

it('the pace is awaited before each run of the model, and changes no number', async () => {
  const lossOf = async (run: TrainingRun) => {
    const planned = planStep(data.train, corpusIds, 1, run.settings);
    return { value: (await computeGradient(run, planned)).loss.value, sequences: planned.sequences.length };
  };
  let paced = 0;
  const pace = async () => {
    paced += 1;
  };
  const held = await withRun({}, lossOf, pace);
  expect(held).toEqual(await withRun({}, lossOf));
  // At most four sequences share a run.
  expect(paced).toBeGreaterThanOrEqual(held.sequences / 4);
  await expect(withRun({}, lossOf, () => Promise.reject(new Error('not yet')))).rejects.toThrow('not yet');
});
