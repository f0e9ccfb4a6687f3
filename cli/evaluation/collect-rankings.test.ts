import { expect, it } from 'vitest';
import { collectRankings } from '#cli/evaluation/collect-rankings.ts';

const ranking = (...documentIds: string[]) => documentIds.map((documentId, index) => ({ documentId, score: -index }));
const candidates = new Map([['q1', ranking('a', 'b')]]);

it('names every ranking and its part, the first stage first and ours last', () => {
  const rankings = collectRankings({
    candidates,
    depth: 2,
    reranked: { name: 'clean-1', precision: 'int8', run: new Map([['q1', ranking('b', 'a')]]) },
    compared: { name: 'upr-1', run: candidates },
    fusion: 0.5,
  });
  expect(rankings.map(({ role, name }) => [role, name])).toEqual([
    ['first_stage', 'first stage'],
    ['compared', 'upr-1'],
    ['compared_fused', 'upr-1 + 0.5 × first stage'],
    ['reranked', 'clean-1, int8'],
    ['fused', 'clean-1 + 0.5 × first stage'],
  ]);
});

it('takes no more of a compared run than the queries and the depth of the candidates', () => {
  const run = new Map([['q1', ranking('x', 'a', 'b')], ['q2', ranking('a')]]); // biome-ignore format: two queries
  const rankings = collectRankings({ candidates, depth: 2, compared: { name: 'other', run } });
  expect(rankings[1]?.run).toEqual(new Map([['q1', ranking('x', 'a')]]));
});

it('refuses a compared run of other queries', () => {
  const compared = { name: 'other.trec', run: new Map([['q9', ranking('a')]]) };
  expect(() => collectRankings({ candidates, depth: 2, compared })).toThrow(
    'The compared run other.trec has no query of the first stage.',
  );
});
