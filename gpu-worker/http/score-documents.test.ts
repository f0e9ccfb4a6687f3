import { expect, it } from 'vitest';
import { scoreDocuments } from '#gpu-worker/http/score-documents.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { QueryTask, ScoreTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { scoreRequestSchema, scoreResponseSchema } from '#shared/protocol/score.ts';
import { pairScore } from '#test/support/start-controlled-worker.ts';

const constants = { intercept: 1, meanLogLikelihood: 2, queryLogLikelihood: 3, lexicalMatch: 4 };
const own: Calibration = { ...baseModelCalibration, constants };

/** Scores one document with an adapter whose file has these constants. */
async function scoreWithAdapter(calibration: Calibration | null) {
  const asked: QueryTask[] = [];
  const digest = 'd'.repeat(64);
  const engine = {
    score: ({ document }: { document: string }) => Promise.resolve([pairScore(document)]),
    queryLogLikelihood: (task: QueryTask) => {
      asked.push(task);
      return Promise.resolve(-4);
    },
    loadAdapter: () => Promise.resolve({ digest, method: 'attend', template: 'upr-1', bytes: 1, calibration }),
    unloadAdapter: () => Promise.resolve(),
  } as unknown as ScoringEngine;
  const store = { fetch: () => Promise.resolve(new Uint8Array(1)) };
  const adapters = new LoadedAdapters({ engine, store, bytesMax: 10, now: () => 0 });
  const request = scoreRequestSchema.parse({
    model: 'tiny',
    adapter: { digest, name: 'tickets@1' },
    query: 'q',
    documents: ['a'],
    deadline_at_ms: 1,
    include_calibration: true,
  });
  const call = { signal: new AbortController().signal, requestId: 'r1', onTiming: () => undefined };
  const parts = { engine, adapters, calibration: baseModelCalibration };
  return { answer: await scoreDocuments(parts, request, call), asked };
}

it('sends an adapter’s own constants, and the query’s likelihood under its template', async () => {
  const { answer, asked } = await scoreWithAdapter(own);
  expect(answer).toMatchObject({ calibration: { constants }, query_log_likelihood: -4, template: 'upr-1' });
  expect(asked).toEqual([{ query: 'q', template: 'upr-1' }]);
});

it('sends the base model’s constants for an adapter without its own', async () => {
  const { answer } = await scoreWithAdapter(null);
  expect(answer.calibration).toEqual({ constants: baseModelCalibration.constants });
});

it('explains a score with its tokens, what they are worth without a document, and its hints', async () => {
  const span = (text: string, at: number) => ({ text, start: at, end: at + 1 });
  const hint = { position: 2, queryToken: 1, similarity: 0.9 };
  const explanation = {
    tokens: [span('a', 0), span('b', 1), span('c', 2)],
    hints: { method: 'retrieve' as const, tokens: [{ ...hint, ...span('b', 1) }] },
  };
  const queryTokenLogLikelihoods = () => Promise.resolve(Float32Array.of(-2, -4, -8));
  const engine = {
    score: ({ document, explain }: ScoreTask) =>
      Promise.resolve([{ ...pairScore(document), ...(explain === true ? { explanation } : {}) }]),
    queryTokenLogLikelihoods,
  } as unknown as ScoringEngine;
  const store = { fetch: () => Promise.reject(new Error('no adapter here')) };
  const parts = {
    engine,
    adapters: new LoadedAdapters({ engine, store, bytesMax: 10, now: () => 0 }),
    calibration: null,
  };
  const request = scoreRequestSchema.parse({
    model: 'tiny',
    query: 'abc',
    documents: ['d'],
    deadline_at_ms: 1,
    explain: true,
  });
  const call = { signal: new AbortController().signal, requestId: 'r1', onTiming: () => undefined };
  const answer = await scoreDocuments(parts, request, call);
  expect(scoreResponseSchema.parse({ ...answer, compute_ms: 1 })).toEqual({ ...answer, compute_ms: 1 });
  expect(answer.explanation?.tokens).toEqual([
    { ...span('a', 0), log_likelihood: -2 },
    { ...span('b', 1), log_likelihood: -4 },
    { ...span('c', 2), log_likelihood: -8 },
  ]);
  expect(answer.scores[0]?.explanation).toEqual({
    target_log_likelihoods: [-1, -2, -3],
    hints: { method: 'retrieve', tokens: [{ ...span('b', 1), position: 2, query_token: 1, similarity: 0.9 }] },
  });
  const { explanation: absent, ...plain } = await scoreDocuments(parts, { ...request, explain: false }, call);
  expect(absent).toBeUndefined();
  expect(plain.scores[0]).not.toHaveProperty('explanation');
});
