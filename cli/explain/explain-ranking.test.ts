import { expect, it } from 'vitest';
import { explainRanking } from '#cli/explain/explain-ranking.ts';
import type { PairScore, ScoreTask } from '#gpu-worker/scoring/scoring-engine.ts';
import { limits } from '#shared/limits.ts';
import { scriptedEngine } from '#test/support/scripted-engine.ts';

const pairOf = (given: number): PairScore => ({
  meanLogLikelihood: given,
  targetIds: [1],
  targetLogLikelihoods: Float32Array.of(given),
  documentTokens: 1,
  truncated: false,
  explanation: { tokens: [{ text: 'q', start: 0, end: 1 }] },
});

it('explains the best documents in the order of the ranking, as many as the API does, by their own texts', async () => {
  const asked: ScoreTask[] = [];
  const engine = {
    ...scriptedEngine({
      score: (task) => {
        asked.push(task);
        return Promise.resolve([pairOf(-Number(task.document))]);
      },
    }),
    queryTokenLogLikelihoods: () => Promise.resolve(Float32Array.of(-8)),
  };
  const texts = Array.from({ length: limits.explainedResultsMax + 2 }, (_, index) => String(index));
  const ranking = texts
    .map((document, index) => ({ document, index, pair: pairOf(0), orderScore: index, relevanceScore: 0.5 }))
    .reverse();
  const { signal } = new AbortController();
  const options = { maxTokensPerDoc: 9 };
  const explained = await explainRanking({ engine, query: 'q', template: 'clean-1', ranking, texts, options, signal });
  const best = ranking.slice(0, limits.explainedResultsMax).map(({ index }) => index);
  expect(explained.map(({ tokens }) => tokens[0]?.lift)).toEqual(best.map((index) => 8 - index));
  expect(asked).toEqual(
    best.map((index) => ({ document: String(index), queries: ['q'], explain: true, maxTokensPerDoc: 9 })),
  );
});
