/** Weight per distinct query word; positive. */
export type WordWeights = ReadonlyMap<string, number>;

/** Saturation of repeats and strength of length normalisation: Okapi's k1 and b as method.md (Blend) has them. */
const saturation = 0.9;
const lengthShare = 0.4;

/** Words of a passage of usual length; a constant and no mean, so that a score needs no look at other documents. */
const usualLengthWords = 80;

/**
 * How much of the query's weight the document's words cover, in [0, 1.9): Σ weight·tf·1.9 / (tf + 0.9·(0.6 + 0.4·|d|/80)) / Σ weight over the
 * query's words, tf — count in the document, |d| — its words. A function of the pair alone. 0 for a query without words.
 * `documentWords` — without the stop words that the query was freed of.
 */
export function lexicalMatch(queryWeights: WordWeights, documentWords: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of documentWords) {
    if (queryWeights.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const penalty = saturation * (1 - lengthShare + (lengthShare * documentWords.length) / usualLengthWords);
  let matched = 0;
  let total = 0;
  for (const [word, weight] of queryWeights) {
    const count = counts.get(word) ?? 0;
    matched += (weight * count * (1 + saturation)) / (count + penalty);
    total += weight;
  }
  return total === 0 ? 0 : matched / total;
}
