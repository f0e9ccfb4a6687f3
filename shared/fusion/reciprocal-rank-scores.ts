/** Sum over both lists of 1 / (k + rank), ranks from 1; equal scores share the best rank of theirs. Cormack, Clarke, Büttcher, SIGIR 2009. */
export function reciprocalRankScores(own: readonly number[], firstStage: readonly number[], k: number): number[] {
  const ownRanks = ranksOf(own);
  return ranksOf(firstStage).map((rank, index) => 1 / (k + rank) + 1 / (k + (ownRanks[index] ?? 0)));
}

/** What a document has that is first in both lists. */
export function reciprocalRankBest(k: number): number {
  return 2 / (k + 1);
}

function ranksOf(scores: readonly number[]): number[] {
  const rankByScore = new Map<number, number>();
  for (const [index, score] of scores.toSorted((one, other) => other - one).entries()) {
    if (!rankByScore.has(score)) rankByScore.set(score, index + 1);
  }
  return scores.map((score) => rankByScore.get(score) ?? 0);
}
