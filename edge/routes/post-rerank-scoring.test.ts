import { describe, expect, it } from 'vitest';
import { rerank } from '#edge/testing/post-rerank-body.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';

const query = 'When was the tower built?';
const plainScore = (mean_log_likelihood: number) => ({ mean_log_likelihood, document_tokens: 1, truncated: false });

describe('POST /v2/rerank: what documents are ordered by', () => {
  it('blends likelihood, words and the query’s own likelihood into a probability', async () => {
    const { body, calls } = await rerank({ query, documents: ['[-1] likely', '[-2] {1.5} and shares words'] });
    expect(calls[0]?.request.include_calibration).toBe(true);
    expect(body.results).toMatchObject([
      { index: 1, relevance_score: probabilityOfLogit(2), mean_log_likelihood: -2 },
      { index: 0, relevance_score: probabilityOfLogit(0), mean_log_likelihood: -1 },
    ]);
  });

  it('gives the likelihood alone where it is asked for, and asks the worker for nothing else', async () => {
    const texts = ['[-1] likely', '[-2] {1.5} and shares words'];
    const { body, calls } = await rerank({ query, documents: texts, scoring: 'likelihood' });
    expect(calls[0]?.request.include_calibration).toBe(false);
    expect(body.results).toMatchObject([
      { index: 0, relevance_score: Math.exp(-1) },
      { index: 1, relevance_score: Math.exp(-2) },
    ]);
    expect(body.meta.warnings).toBeUndefined();
  });

  it('gives log-odds as raw scores of the blend', async () => {
    const { body } = await rerank({ query, documents: ['[-2] {1.5} a'], scoring: 'blended', raw_scores: true });
    expect(body.results[0]?.relevance_score).toBe(2);
  });

  it.each([
    ['a worker from before the blend', { scores: [{ ...plainScore(-2) }, { ...plainScore(-1) }] }],
    [
      'a worker without constants for its model',
      { scores: [plainScore(-2), plainScore(-1)].map((score) => ({ ...score, lexical_match: 1 })) },
    ],
    [
      'constants of a kind that is not known here',
      { scores: [plainScore(-2), plainScore(-1)], query_log_likelihood: -3, calibration: { spline: [1, 2] } },
    ],
  ])('goes by likelihood with %s, and says so', async (_name, answer) => {
    const fault = () =>
      Promise.resolve(Response.json({ model: 'm', template: 'clean-1', query_tokens: 3, compute_ms: 1, ...answer }));
    const { body } = await rerank({ query, documents: ['a', 'b'] }, { fault });
    expect(body.results).toMatchObject([
      { index: 1, relevance_score: Math.exp(-1) },
      { index: 0, relevance_score: Math.exp(-2) },
    ]);
    expect(body.meta.warnings).toEqual([
      'scored by likelihood alone: there are no calibration constants for this model (scoring: "likelihood" asks for that)',
    ]);
  });

  it('adds the first stage’s score where the calibration knows one, and else says that it did not', async () => {
    const objects = [
      { text: 'a', score: 0.5 },
      { text: 'b', score: 2 },
    ];
    const constants = { intercept: 0, meanLogLikelihood: 1, queryLogLikelihood: 0, lexicalMatch: 0 };
    const withFirstStage = {
      model: 'm',
      template: 'clean-1',
      query_tokens: 3,
      compute_ms: 1,
      query_log_likelihood: -3,
      scores: [plainScore(-1), plainScore(-1)].map((score) => ({ ...score, lexical_match: 0 })),
      calibration: { constants, constantsWithFirstStage: { ...constants, firstStageScore: 2 } },
    };
    const fault = () => Promise.resolve(Response.json(withFirstStage));
    const used = await rerank({ query, documents: objects }, { fault });
    expect(used.body.results).toMatchObject([
      { index: 1, relevance_score: probabilityOfLogit(3) },
      { index: 0, relevance_score: probabilityOfLogit(0) },
    ]);
    expect(used.body.meta.warnings).toBeUndefined();

    const unused = await rerank({ query, documents: objects });
    expect(unused.body.results.map(({ index }) => index)).toEqual([0, 1]);
    expect(unused.body.meta.warnings).toEqual([
      'documents[].score was not used: the calibration of this model was fitted without a first stage',
    ]);
    const otherwise = [
      { text: 'a', score: 'high' },
      { text: 'b', score: 1e300 },
    ];
    expect((await rerank({ query, documents: otherwise }, { fault })).body.results.map(({ index }) => index)).toEqual([
      0, 1,
    ]);
  });
});
