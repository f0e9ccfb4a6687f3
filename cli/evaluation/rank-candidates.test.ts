import { describe, expect, it } from 'vitest';
import { type BlendOptions, rankCandidates } from '#cli/evaluation/rank-candidates.ts';
import { scoreRunPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { PairScore, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { scriptedEngine } from '#test/support/scripted-engine.ts';

/** Text of a document → its features for every query; the likelihood and the words disagree on purpose. */
const scores: Readonly<Record<string, Pick<PairScore, 'meanLogLikelihood' | 'lexicalMatch'>>> = {
  likely: { meanLogLikelihood: -1, lexicalMatch: 0 },
  worded: { meanLogLikelihood: -2, lexicalMatch: 1 },
  neither: { meanLogLikelihood: -4, lexicalMatch: 0 },
};

function tableEngine(): { engine: ScoringEngine; asked: unknown[] } {
  const asked: unknown[] = [];
  const engine = scriptedEngine({
    score: async ({ document, queries }) =>
      queries.map(() => ({
        targetIds: [],
        targetLogLikelihoods: new Float32Array(),
        documentTokens: 1,
        truncated: false,
        meanLogLikelihood: 0,
        ...scores[document],
      })),
    queryLogLikelihood: async (task) => {
      asked.push(task);
      return task.query === 'easy' ? -1 : -3;
    },
  });
  return { engine, asked };
}

const candidates = ['neither', 'likely', 'worded'].map((documentId, index) => ({ documentId, score: -10 * index }));
const options = {
  run: new Map([['q1', candidates], ['q2', candidates]]), // biome-ignore format: two queries
  queries: new Map(Object.entries({ q1: 'easy', q2: 'hard' })),
  documents: new Map(Object.keys(scores).map((text) => [text, { title: '', text }])),
  withTitle: false,
};
const calibration: Calibration = {
  format: 'hintrank-calibration-1',
  constants: { intercept: 0, meanLogLikelihood: 1, queryLogLikelihood: -1, lexicalMatch: 3 },
  fittedOn: {
    data: 'sample',
    split: 'dev',
    date: '2026-11-23',
    queries: 1,
    pairs: 1,
    relevantPairs: 1,
    maxTokensPerDoc: 160,
    precision: 'fp32',
    template: 'clean-1',
    modelFingerprint: '0'.repeat(64),
  },
};
const blend = {
  calibration,
  template: 'upr-1',
  judgements: new Map([['q1', new Map([['worded', 1]])]]),
  firstStage: options.run,
} as const;

async function rank(engine: ScoringEngine, by: BlendOptions | null) {
  return rankCandidates(engine, { pairs: await scoreRunPairs(engine, options), queries: options.queries }, by);
}

describe('rankCandidates', () => {
  it('orders by likelihood alone, without a run of the bare query', async () => {
    const { engine, asked } = tableEngine();
    const { run, blend: figures } = await rank(engine, null);
    expect(run.get('q1')).toEqual([
      { documentId: 'likely', score: -1 },
      { documentId: 'worded', score: -2 },
      { documentId: 'neither', score: -4 },
    ]);
    expect(figures).toBeNull();
    expect(asked).toEqual([]);
  });

  it("orders by log-odds, which hold the query's own likelihood under the same template", async () => {
    const { engine, asked } = tableEngine();
    const { run } = await rank(engine, blend);
    const entries = (worded: number, likely: number, neither: number) => Object.entries({ worded, likely, neither }).map(([documentId, score]) => ({ documentId, score })); // biome-ignore format: a ranking
    expect(Object.fromEntries(run)).toEqual({ q1: entries(2, 0, -3), q2: entries(4, 2, -1) });
    expect(asked).toEqual([
      { query: 'easy', template: 'upr-1' },
      { query: 'hard', template: 'upr-1' },
    ]);
  });

  it('measures the probabilities, pairs without a judgement as not relevant', async () => {
    const { blend: figures } = await rank(tableEngine().engine, blend);
    expect(figures).toMatchObject({
      fittedOn: 'sample, dev, with clean-1 in fp32, 2026-11-23',
      withFirstStage: false,
      pairs: 6,
    });
    const probability = (logit: number) => 1 / (1 + Math.exp(-logit));
    const losses = [-Math.log(probability(2)), ...[0, -3, 4, 2, -1].map((logit) => -Math.log(1 - probability(logit)))];
    expect(figures?.logLoss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / 6, 10);
    // Tenths: both 2s together (one of two relevant), every other logit alone and not relevant.
    const errors = [2 * Math.abs(probability(2) - 0.5), ...[0, -3, 4, -1].map(probability)];
    expect(figures?.expectedCalibrationError).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 6, 10);
  });

  it("adds the first stage's scores for constants that know one, and not where they are kept back", async () => {
    const constantsWithFirstStage = { ...calibration.constants, firstStageScore: 1 };
    const withFirstStage = { ...blend, calibration: { ...calibration, constantsWithFirstStage } };
    const { run, blend: figures } = await rank(tableEngine().engine, withFirstStage);
    expect(run.get('q1')?.map(({ score }) => score)).toEqual([-3, -10, -18]);
    expect(figures?.withFirstStage).toBe(true);
    const without = await rank(tableEngine().engine, { ...withFirstStage, firstStage: undefined });
    expect(without.run.get('q1')?.map(({ score }) => score)).toEqual([2, 0, -3]);
    expect(without.blend?.withFirstStage).toBe(false);
  });
});
