import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pairFeatures } from '#gpu-worker/calibration/pair-features.ts';
import { scoreRunPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import { createScoringEngine } from '#gpu-worker/scoring/create-scoring-engine.ts';
import type { TrainingData, TrainingExample } from '#gpu-worker/training/data/training-data.ts';
import { addFirstStage, devFeatures } from '#gpu-worker/training/dev/dev-features.ts';
import { lookAtDev, lookAtDevQueries } from '#gpu-worker/training/dev/look-at-dev.ts';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import { writeTinyTextModel } from '#test/support/tiny-text-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hintrank-dev-features-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const documents = new Map([
  ['d1', { title: 'Foxes', text: 'The fox eats honey and berries.' }],
  ['d2', { title: '', text: 'A bear sleeps all winter, and the fox does not.' }],
]);
const candidates = [
  { documentId: 'd2', score: 7.5 },
  { documentId: 'd1', score: 2 },
];
const exampleOf = (queryId: string, query: string): TrainingExample => ({
  queryId,
  query,
  positives: ['d1'],
  hardNegatives: ['d2'],
  candidates,
});
const dev = [exampleOf('q1', 'what does the fox eat?'), exampleOf('q2', 'berries or honey')];
const data: TrainingData = { train: dev, dev, corpus: documents, corpusSize: 2 };

it('are what scoring blends: the same pair, query and words, to the rounding of the kept prefixes', async () => {
  const modelPath = writeTinyTextModel(join(folder, 'model'));
  const cacheFolder = join(folder, 'cache');
  const { run, close } = await openTraining({
    settings: trainingSettingsSchema.parse({ maxTokensPerDoc: 20 }),
    data,
    dataName: 'sample',
    calibration: null,
    withFirstStage: false,
    withTitle: true,
    modelPath,
    cacheFolder,
    threads: 1,
    prefixBytesMax: 1e8,
    checkpointPath: join(folder, 'checkpoint'),
    onEvent: () => {},
  });
  const { sequences, pool } = run;
  const scores = await lookAtDev(
    run.dev,
    pool,
    async (texts) => sequences.base(texts),
    () => {},
  );
  const ours = devFeatures(run.dev, scores, await lookAtDevQueries(run.dev, pool, sequences));
  await close();

  const engine = await createScoringEngine({ modelPath, precision: 'fp32', threads: 1, cacheFolder });
  const queries = new Map(dev.map(({ queryId, query }) => [queryId, query]));
  const firstStage = new Map(run.dev.examples.map(({ queryId }) => [queryId, candidates]));
  const scored = {
    run: firstStage,
    queries,
    documents,
    withTitle: true,
    template: 'clean-1',
    maxTokensPerDoc: 20,
  } as const;
  const pairs = await scoreRunPairs(engine, scored);
  const theirs = await pairFeatures(engine, { pairs, queries, template: 'clean-1', firstStage });
  await engine.close();

  const byPair = new Map(theirs.map(({ queryId, documentId, features }) => [`${queryId} ${documentId}`, features]));
  expect(ours).toHaveLength(4);
  for (const { queryId, documentId, features } of addFirstStage(run.dev, ours)) {
    const expected = byPair.get(`${queryId} ${documentId}`);
    expect(features.lexicalMatch).toBe(expected?.lexicalMatch);
    expect(features.firstStageScore).toBe(expected?.firstStageScore);
    expect(features.queryLogLikelihood).toBeCloseTo(expected?.queryLogLikelihood ?? 0, 3);
    expect(features.meanLogLikelihood).toBeCloseTo(expected?.meanLogLikelihood ?? 0, 3);
    // Far enough apart that the one cannot pass for the other.
    expect(Math.abs(features.meanLogLikelihood - features.queryLogLikelihood)).toBeGreaterThan(0.005);
  }
});
