import {
  addAt,
  addPointwise,
  type RankingLoss,
  type ScoredSequences,
  scoreOf,
} from '#gpu-worker/training/losses/ranking-loss.ts';

export interface ListwiseSettings {
  /** τ, nats per token: the score difference that counts as e-fold. */
  readonly temperature: number;
  readonly pointwiseWeight: number;
}

/** Mean over the queries of the cross-entropy of the positive among {positive, negatives} under softmax(score/τ), plus the weighted mean of ℓ⁺ (method.md section 6). */
export function listwiseLoss(sequences: ScoredSequences, settings: ListwiseSettings): RankingLoss {
  const gradient = new Float64Array(sequences.meanNll.length);
  const pointwise = addPointwise(sequences, settings.pointwiseWeight, gradient);
  const { groups } = sequences;
  let entropies = 0;
  for (const { positive, negatives } of groups) {
    const candidates = [positive, ...negatives];
    const logits = candidates.map((sequence) => scoreOf(sequences, sequence) / settings.temperature);
    const highest = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - highest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    entropies += highest + Math.log(total) - (logits[0] ?? 0);
    // dL/dscore = share − [is the positive], and score = −ℓ.
    for (const [index, sequence] of candidates.entries()) {
      const share = (weights[index] ?? 0) / total - (index === 0 ? 1 : 0);
      addAt(gradient, sequence, -share / settings.temperature / groups.length);
    }
  }
  const ranking = entropies / groups.length;
  return { value: ranking + settings.pointwiseWeight * pointwise, ranking, pointwise, gradient };
}
