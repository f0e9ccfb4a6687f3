import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeScores } from '#edge/gpu-workers/merge-scores.ts';
import { planShards } from '#edge/gpu-workers/plan-shards.ts';
import { rankDocuments } from '#edge/rerank/rank-documents.ts';

const scoreOf = (index: number) => ({ mean_log_likelihood: -index, document_tokens: index, truncated: false });
const answer = (indices: readonly number[]) => ({
  model: 'm',
  template: 't',
  query_tokens: 1,
  compute_ms: 1,
  scores: indices.map(scoreOf),
});

describe('mergeScores', () => {
  it('restores the order of the request from any split', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1 }), (digests) => {
        const shards = planShards(['http://a', 'http://b', 'http://c'], digests, 6);
        const scored = shards.map((shard) => ({ shard, response: answer(shard.documentIndices) }));
        expect(mergeScores(digests.length, scored.reverse())).toEqual(digests.map((_, index) => scoreOf(index)));
      }),
    );
  });

  it('refuses a document without a score, one with two, and one in no shard', () => {
    const shard = { workers: ['http://a'] as const, documentIndices: [0, 1] };
    expect(() => mergeScores(2, [{ shard, response: answer([0]) }])).toThrow('document 1 of 2 has no score');
    const twice = { ...shard, documentIndices: [0, 0] };
    expect(() => mergeScores(2, [{ shard: twice, response: answer([0, 0]) }])).toThrow(
      'document 0 of 2 has two scores',
    );
    expect(() => mergeScores(3, [{ shard, response: answer([0, 1]) }])).toThrow('document 2 of 3 is in no shard');
  });
});

describe('rankDocuments', () => {
  const likelihoods = fc.array(fc.integer({ min: -5, max: 0 }), { minLength: 1, maxLength: 50 });

  it('orders by likelihood, then by place, and loses nobody', () => {
    fc.assert(
      fc.property(likelihoods, (scores) => {
        const ranked = rankDocuments(scores, undefined);
        expect(ranked.map(({ index }) => index).sort((left, right) => left - right)).toEqual(
          scores.map((_, index) => index),
        );
        ranked.forEach((document, place) => {
          const next = ranked[place + 1];
          expect(document.meanLogLikelihood).toBe(scores[document.index]);
          if (next === undefined) return;
          const tied = document.meanLogLikelihood === next.meanLogLikelihood;
          expect(tied ? document.index < next.index : document.meanLogLikelihood > next.meanLogLikelihood).toBe(true);
        });
      }),
    );
  });

  it('cuts to the same first documents that it would return whole', () => {
    fc.assert(
      fc.property(likelihoods, fc.nat(60), (scores, topN) => {
        const all = rankDocuments(scores, undefined);
        expect(rankDocuments(scores, topN)).toEqual(topN === 0 ? all : all.slice(0, topN));
      }),
    );
  });
});
