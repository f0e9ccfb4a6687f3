import { describe, expect, it } from 'vitest';
import { postRerank, rerank } from '#edge/testing/post-rerank-body.ts';
import { probabilityOfLogit } from '#shared/calibration/probability-of-logit.ts';
import { interpolateScores } from '#shared/fusion/interpolate-scores.ts';
import { reciprocalRankBest } from '#shared/fusion/reciprocal-rank-scores.ts';

const query = 'When was the tower built?';
/** By likelihood the order is 0, 1, 2; by the first stage 2, 1, 0. The fake worker's log-odds are likelihood + 1. */
const documents = [
  { text: '[-1] a', score: 1 },
  { text: '[-2] b', score: 7 },
  { text: '[-3] c', score: 9 },
];
const order = (results: readonly { readonly index: number }[]) => results.map(({ index }) => index);

describe('POST /v2/rerank: fusion with the first stage', () => {
  it('interpolates standard scores with the weight of the first stage, and says what ours was', async () => {
    const { body } = await rerank({ query, documents, fusion: { method: 'interpolate', weight: 0.9 } });
    const fused = interpolateScores([0, -1, -2], [1, 7, 9], 0.9);
    expect(order(body.results)).toEqual([2, 1, 0]);
    for (const { index, relevance_score, unfused_score, mean_log_likelihood } of body.results) {
      expect(relevance_score).toBe(probabilityOfLogit(fused[index] ?? Number.NaN));
      expect(unfused_score).toBe(probabilityOfLogit(-index));
      expect(mean_log_likelihood).toBe(-1 - index);
    }
    expect(body.meta.warnings).toBeUndefined();
  });

  it('takes half and half for a name alone; raw scores are the sum itself', async () => {
    const fused = interpolateScores([-1, -2, -3], [1, 7, 9], 0.5);
    const { body } = await rerank({ query, documents, fusion: 'interpolate', raw_scores: true });
    const byIndex = body.results.toSorted((one, other) => one.index - other.index);
    expect(byIndex.map(({ relevance_score }) => relevance_score)).toEqual(fused);
    expect(byIndex.map(({ unfused_score }) => unfused_score)).toEqual([-1, -2, -3]);
  });

  it('sums reciprocal ranks, as a share of the best; ties keep the order of the request', async () => {
    const { body } = await rerank({ query, documents, fusion: 'reciprocal_rank' });
    expect(order(body.results)).toEqual([0, 2, 1]);
    expect(body.results[0]?.relevance_score).toBe((1 / 61 + 1 / 63) / reciprocalRankBest(60));
    const agreeing = documents.map((document, index) => ({ ...document, score: -index }));
    const { body: first } = await rerank({ query, documents: agreeing, fusion: { method: 'reciprocal_rank', k: 1 } });
    expect(first.results[0]?.relevance_score).toBeLessThan(1);
    expect(first.results[0]?.relevance_score).toBeCloseTo(1, 12);
    expect(first.results[1]?.relevance_score).toBeCloseTo(2 / 3, 12);
  });

  it('cuts to top_n after it has fused all', async () => {
    const { body } = await rerank({ query, documents, fusion: { method: 'interpolate', weight: 1 }, top_n: 1 });
    expect(order(body.results)).toEqual([2]);
  });

  it('leaves first-stage scores out with `none`, of the blend too', async () => {
    const constants = { intercept: 0, meanLogLikelihood: 1, queryLogLikelihood: 0, lexicalMatch: 0 };
    const answer = {
      model: 'm',
      template: 'clean-1',
      query_tokens: 3,
      compute_ms: 1,
      query_log_likelihood: -3,
      scores: [-1, -2, -3].map((mean_log_likelihood) => ({
        mean_log_likelihood,
        document_tokens: 1,
        lexical_match: 0,
        truncated: false,
      })),
      calibration: { constants, constantsWithFirstStage: { ...constants, firstStageScore: 5 } },
    };
    const fault = () => Promise.resolve(Response.json(answer));
    expect(order((await rerank({ query, documents }, { fault })).body.results)).toEqual([2, 1, 0]);
    const none = await rerank({ query, documents, fusion: 'none' }, { fault });
    expect(order(none.body.results)).toEqual([0, 1, 2]);
    expect(none.body.results[0]).not.toHaveProperty('unfused_score');
    expect(none.body.meta.warnings).toBeUndefined();
    // A fusion after the blend, not on top of it: at weight 0 the order is ours without the first stage.
    const fused = await rerank({ query, documents, fusion: { method: 'interpolate', weight: 0 } }, { fault });
    expect(order(fused.body.results)).toEqual([0, 1, 2]);
  });

  it('fuses the documents that have a score where only a part was scored in time', async () => {
    const fault = (call: { request: { documents: string[] } }) =>
      call.request.documents.some((text) => text.includes('b'))
        ? Promise.resolve(new Response('', { status: 500 }))
        : undefined;
    const workers = ['http://worker-a', 'http://worker-b', 'http://worker-c', 'http://worker-d'];
    const many = Array.from({ length: 24 }, (_, n) => ({ text: `[-${n % 5}] ${n === 7 ? 'b' : 'x'} ${n}`, score: n }));
    const { body } = await rerank(
      { query, documents: many, fusion: 'interpolate', on_failure: 'partial' },
      { fault, workers },
    );
    const { unscored = [] } = body.meta.degraded ?? {};
    expect(unscored).toContain(7);
    const scored = many.flatMap((document, index) => (unscored.includes(index) ? [] : [{ document, index }]));
    const fused = interpolateScores(
      scored.map(({ index }) => 1 - (index % 5)),
      scored.map(({ document }) => document.score),
      0.5,
    );
    const best = scored[fused.indexOf(Math.max(...fused))];
    expect(body.results[0]?.index).toBe(best?.index);
  });

  it('is there for the other shapes too', async () => {
    const voyage = await postRerank({ query, documents, top_k: null, fusion: { method: 'interpolate', weight: 1 } });
    expect(voyage.json).toMatchObject({ data: [{ index: 2, unfused_score: probabilityOfLogit(-2) }, {}, {}] });
  });

  it.each<[object, string, string]>([
    [
      { fusion: 'interpolate', documents: ['a', { text: 'b', score: 1 }, { text: 'c', score: 'high' }] },
      'documents[0] has no number under "score" (at most 1e9 in size), which fusion "interpolate" needs of every document; 2 of 3 have none',
      'documents[0]',
    ],
    [
      { fusion: { method: 'reciprocal_rank' }, input: [{ text: 'b', score: 1 }, 'c'] },
      'input[1] has no number under "score" (at most 1e9 in size), which fusion "reciprocal_rank" needs of every document; 1 of 2 have none',
      'input[1]',
    ],
    [
      { fusion: 'sum', documents },
      'fusion.method is "sum"; it must be one of "none", "interpolate", "reciprocal_rank"',
      'fusion.method',
    ],
    [
      { fusion: { method: 'interpolate', weight: 1.5 }, documents },
      'fusion.weight is 1.5, the limit is 1',
      'fusion.weight',
    ],
    [{ fusion: { method: 'reciprocal_rank', k: 0 }, documents }, 'fusion.k is 0, the least is 1', 'fusion.k'],
    [{ fusion: { method: 'none', wieght: 1 }, documents }, 'fusion.wieght is not known here; leave it out', 'fusion'],
    [{ fusion: 3, documents }, 'fusion is 3; it must be an object', 'fusion'],
  ])('400 for %j', async (body, message, param) => {
    const { response, json, calls } = await postRerank({ query, ...body });
    expect({ status: response.status, json }).toMatchObject({ status: 400, json: { message, error: { param } } });
    expect(calls).toEqual([]);
  });
});
