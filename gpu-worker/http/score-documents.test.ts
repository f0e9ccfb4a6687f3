import { expect, it } from 'vitest';
import { scoreDocuments } from '#gpu-worker/http/score-documents.ts';
import { LoadedAdapters } from '#gpu-worker/scoring/adapters/loaded-adapters.ts';
import type { QueryTask, ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import { baseModelCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { scoreRequestSchema } from '#shared/protocol/score.ts';
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
