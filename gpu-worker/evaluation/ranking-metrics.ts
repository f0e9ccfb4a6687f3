/**
 * Ranking metrics of one query, as trec_eval defines them. `gains` is the relevance of the ranked documents, best rank first;
 * a document without a judgement has gain 0. All results lie in [0, 1].
 */

/**
 * nDCG@`cutoff` with linear gain: Σ gain_i / log2(i + 1) over the first `cutoff`, divided by the same sum over the best possible order of `judgedGains`
 * (every judged document of the query, retrieved or not). 0 when nothing is relevant.
 */
export function ndcgAt(gains: readonly number[], judgedGains: readonly number[], cutoff: number): number {
  const ideal = discountedGain(
    [...judgedGains].sort((a, b) => b - a),
    cutoff,
  );
  return ideal === 0 ? 0 : discountedGain(gains, cutoff) / ideal;
}

/** 1 when some document of the first `cutoff` is relevant, else 0. */
export function hitAt(gains: readonly number[], cutoff: number): number {
  return gains.slice(0, cutoff).some((gain) => gain > 0) ? 1 : 0;
}

/** 1 / rank of the first relevant document, 0 when it is not among the first `cutoff`. */
export function reciprocalRankAt(gains: readonly number[], cutoff: number): number {
  const index = gains.slice(0, cutoff).findIndex((gain) => gain > 0);
  return index === -1 ? 0 : 1 / (index + 1);
}

/** Share of the query's relevant documents (of all `judgedGains`) that are among the first `cutoff`; 0 when nothing is relevant. */
export function recallAt(gains: readonly number[], judgedGains: readonly number[], cutoff: number): number {
  const relevant = countRelevant(judgedGains);
  return relevant === 0 ? 0 : countRelevant(gains.slice(0, cutoff)) / relevant;
}

/** Mean, over all relevant documents of `judgedGains`, of the precision at the rank of each; 0 for those that were not retrieved. */
export function averagePrecision(gains: readonly number[], judgedGains: readonly number[]): number {
  let found = 0;
  let precisions = 0;
  for (const [index, gain] of gains.entries()) {
    if (gain <= 0) continue;
    found++;
    precisions += found / (index + 1);
  }
  const relevant = countRelevant(judgedGains);
  return relevant === 0 ? 0 : precisions / relevant;
}

function countRelevant(gains: readonly number[]): number {
  return gains.filter((gain) => gain > 0).length;
}

function discountedGain(gains: readonly number[], cutoff: number): number {
  return gains.slice(0, cutoff).reduce((sum, gain, index) => sum + Math.max(0, gain) / Math.log2(index + 2), 0);
}
