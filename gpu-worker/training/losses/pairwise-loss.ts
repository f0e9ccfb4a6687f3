import {
  addAt,
  addPointwise,
  type RankingLoss,
  type ScoredSequences,
  scoreOf,
} from '#gpu-worker/training/losses/ranking-loss.ts';

export interface PairwiseSettings {
  /** m, nats per token. */
  readonly margin: number;
  readonly pairwiseWeight: number;
  readonly pointwiseWeight: number;
}

/** The paper's loss (section 3.3; method.md section 4): mean over all pairs of max(0, ℓ⁺ − ℓ⁻ + m), plus the mean of ℓ⁺. */
export function pairwiseLoss(sequences: ScoredSequences, settings: PairwiseSettings): RankingLoss {
  const gradient = new Float64Array(sequences.meanNll.length);
  const pointwise = addPointwise(sequences, settings.pointwiseWeight, gradient);
  const pairs = sequences.groups.reduce((sum, group) => sum + group.negatives.length, 0);
  let hinges = 0;
  for (const { positive, negatives } of sequences.groups) {
    for (const negative of negatives) {
      const hinge = scoreOf(sequences, negative) - scoreOf(sequences, positive) + settings.margin;
      if (hinge <= 0) continue;
      hinges += hinge;
      addAt(gradient, positive, settings.pairwiseWeight / pairs);
      addAt(gradient, negative, -settings.pairwiseWeight / pairs);
    }
  }
  const ranking = pairs === 0 ? 0 : hinges / pairs;
  return {
    value: settings.pairwiseWeight * ranking + settings.pointwiseWeight * pointwise,
    ranking,
    pointwise,
    gradient,
  };
}
