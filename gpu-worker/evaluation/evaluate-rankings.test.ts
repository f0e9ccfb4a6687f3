import { describe, expect, it } from 'vitest';
import { describeCoverage } from '#gpu-worker/evaluation/describe-coverage.ts';
import { evaluateRankings, type RoledRun } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { keepAnswerable } from '#gpu-worker/evaluation/keep-answerable.ts';
import { describeComparison } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { orderChanges } from '#gpu-worker/evaluation/report/order-changes.ts';

const ranking = (...documentIds: string[]) => documentIds.map((documentId, index) => ({ documentId, score: -index }));
const runOf = (rankings: Record<string, string[]>) =>
  new Map(Object.entries(rankings).map(([queryId, ids]) => [queryId, ranking(...ids)]));
const queryIds = Array.from({ length: 12 }, (_, index) => `q${index}`);
const judgements = new Map(queryIds.map((queryId) => [queryId, new Map([['good', 1]])]));
const all = (...ids: string[]) => Object.fromEntries(queryIds.map((queryId) => [queryId, ids]));

const evaluate = (runs: RoledRun[]) =>
  evaluateRankings(runs, { judgements, cutoffs: [1, 10], bootstrap: { seed: 1, resamples: 500 } });

describe('evaluateRankings', () => {
  const worse = runOf(all('bad', 'good'));
  const better = runOf({ ...all('good', 'bad'), q0: ['bad', 'worse', 'good'], q1: ['bad', 'good'] });
  const { rankings, comparisons } = evaluate([
    { role: 'first_stage', name: 'first stage', run: worse },
    { role: 'compared', name: 'same', run: worse },
    { role: 'reranked', name: 'ours', run: better },
  ]);

  it('compares ours with the first stage and the compared run, and that with the first stage', () => {
    expect(comparisons.map(({ ranking: { role }, against }) => [role, against.role])).toEqual([
      ['reranked', 'first_stage'],
      ['reranked', 'compared'],
      ['compared', 'first_stage'],
    ]);
    expect(rankings.map(({ means }) => means.get('Hit@1'))).toEqual([0, 0, 10 / 12]);
  });

  it('counts wins, losses and ties, and calls a clear gain significant', () => {
    const [comparison] = comparisons;
    const ndcg = comparison?.metrics.find(({ metric }) => metric === 'nDCG@10');
    expect(ndcg).toMatchObject({ wins: 10, losses: 1, ties: 1 });
    expect(ndcg?.interval?.low).toBeGreaterThan(0);
    expect(comparison && describeComparison(comparison)).toMatch(/^ours against first stage: nDCG@10 \+0\.2966 \[\+0\.\d+, \+0\.\d+\], p < 0\.0001; better on 10, worse on 1, the same on 1 of 12 queries\. A significant gain\.$/); // biome-ignore format: one sentence
    expect(comparisons[2] && describeComparison(comparisons[2])).toMatch(
      /the same on 12 of 12 queries\. No difference\.$/,
    );
  });

  it('does not call chance a gain, nor one query a test', () => {
    const mixed = runOf({ ...all('bad', 'good'), q0: ['good'], q1: ['good'], q2: ['bad', 'worse', 'good'] });
    const [chance] = evaluate([
      { role: 'first_stage', name: 'first stage', run: worse },
      { role: 'reranked', name: 'ours', run: mixed },
    ]).comparisons;
    expect(chance && describeComparison(chance)).toContain('The difference may be chance.');
    const [single] = evaluate([
      { role: 'first_stage', name: 'first stage', run: runOf({ q0: ['bad', 'good'] }) },
      { role: 'reranked', name: 'ours', run: runOf({ q0: ['good'] }) },
    ]).comparisons;
    expect(single && describeComparison(single)).toContain('Too few queries to tell.');
  });

  it('orders queries from the largest gain to the largest loss', () => {
    const [comparison] = comparisons;
    const changes = comparison === undefined ? [] : orderChanges(comparison);
    expect(changes.slice(-2).map((change) => change.queryId)).toEqual(['q1', 'q0']);
    expect(changes[0]).toEqual({ queryId: 'q2', value: 1, againstValue: 1 / Math.log2(3) });
  });

  it('pairs by query, whatever the order and the gaps of the runs', () => {
    const partial = runOf({ q5: ['good'], q3: ['bad', 'good'] });
    const [comparison] = evaluate([
      { role: 'first_stage', name: 'first stage', run: worse },
      { role: 'reranked', name: 'ours', run: partial },
    ]).comparisons;
    expect(comparison?.queries).toBe(2);
    expect(comparison?.metrics[0]).toMatchObject({ wins: 1, losses: 0, ties: 1 });
  });
});

describe('describeCoverage', () => {
  it('says which queries the figures stand for', () => {
    const retrieved = runOf({ q0: ['good'], q1: ['bad'], unjudged: ['bad'] });
    expect(describeCoverage(retrieved, retrieved, judgements)).toEqual([
      '1 queries of the first stage have no relevant document and were left out.',
      '10 judged queries are not in the first stage; they do not count as failures here.',
      '1 queries have no relevant document among their candidates; no reranking can help them.',
    ]);
    const answerable = keepAnswerable(retrieved, judgements);
    expect([...answerable.keys()]).toEqual(['q0']);
    expect(describeCoverage(retrieved, answerable, judgements)?.at(-1)).toMatch(/higher than over all queries\.$/);
    expect(describeCoverage(runOf({ unjudged: ['bad'] }), retrieved, new Map())).toBeNull();
  });
});
