import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeScores } from '#edge/gpu-workers/merge-scores.ts';
import { planShards, type Shard } from '#edge/gpu-workers/plan-shards.ts';
import { rankDocuments } from '#edge/rerank/rank-documents.ts';
import { targetAt } from '#edge/testing/target-at.ts';

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
        const shards = planShards(
          { primary: ['http://a', 'http://b', 'http://c'].map((url) => targetAt(url)), fallbacks: [] },
          digests,
          6,
        );
        const scored = shards.map((shard) => ({ shard, response: answer(shard.documentIndices) }));
        expect(mergeScores(digests.length, scored.reverse())).toEqual(digests.map((_, index) => scoreOf(index)));
      }),
    );
  });

  it('keeps with each document what its own worker said of query and model', () => {
    const calibration = (intercept: number) => ({
      constants: { intercept, meanLogLikelihood: 1, queryLogLikelihood: 0, lexicalMatch: 0 },
    });
    const merged = mergeScores(2, [
      {
        shard: { targets: [targetAt('http://a')], documentIndices: [1] },
        response: { ...answer([1]), calibration: calibration(1) },
      },
      {
        shard: { targets: [targetAt('http://b')], documentIndices: [0] },
        response: { ...answer([0]), query_log_likelihood: -4 },
      },
    ]);
    expect(merged).toEqual([
      { ...scoreOf(0), query_log_likelihood: -4 },
      { ...scoreOf(1), calibration: calibration(1) },
    ]);
  });

  it('leaves documents of no shard without a score', () => {
    const shard: Shard = { targets: [targetAt('http://a')], documentIndices: [1] };
    expect(mergeScores(3, [{ shard, response: answer([1]) }])).toEqual([undefined, scoreOf(1), undefined]);
  });

  it('refuses a document of a shard without a score, and one with two', () => {
    const shard: Shard = { targets: [targetAt('http://a')], documentIndices: [0, 1] };
    expect(() => mergeScores(2, [{ shard, response: answer([0]) }])).toThrow('document 1 of 2 has no score');
    const twice = { ...shard, documentIndices: [0, 0] };
    expect(() => mergeScores(2, [{ shard: twice, response: answer([0, 0]) }])).toThrow(
      'document 0 of 2 has two scores',
    );
  });
});

describe('rankDocuments', () => {
  const ordered = (orderScore: number) => ({ orderScore, meanLogLikelihood: -7 });
  const likelihoods = fc.array(fc.integer({ min: -5, max: 0 }), { minLength: 1, maxLength: 50 });

  it('orders by score, then by place, and loses nobody', () => {
    fc.assert(
      fc.property(likelihoods, (scores) => {
        const ranked = rankDocuments(scores.map(ordered), undefined);
        expect(ranked.map(({ index }) => index).sort((left, right) => left - right)).toEqual(
          scores.map((_, index) => index),
        );
        ranked.forEach((document, place) => {
          const next = ranked[place + 1];
          expect(document.orderScore).toBe(scores[document.index]);
          if (next === undefined) return;
          const tied = document.orderScore === next.orderScore;
          expect(tied ? document.index < next.index : document.orderScore > next.orderScore).toBe(true);
        });
      }),
    );
  });

  it('cuts to the same first documents that it would return whole', () => {
    fc.assert(
      fc.property(likelihoods, fc.nat(60), (scores, topN) => {
        const all = rankDocuments(scores.map(ordered), undefined);
        expect(rankDocuments(scores.map(ordered), topN)).toEqual(topN === 0 ? all : all.slice(0, topN));
      }),
    );
  });
});
