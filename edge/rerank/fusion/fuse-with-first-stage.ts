import { firstStageScore } from '#edge/rerank/first-stage-score.ts';
import type { OrderedScore } from '#edge/rerank/rank-documents.ts';
import { interpolateScores } from '#shared/fusion/interpolate-scores.ts';
import { reciprocalRankScores } from '#shared/fusion/reciprocal-rank-scores.ts';
import type { Fusion, RerankRequest } from '#shared/protocol/rerank-request.ts';

/**
 * The documents' scores joined with those of the caller's first stage, where the request asks for it: `orderScore` is then the fused one, and
 * `unfusedScore` what it was. Over the documents that have a score: where some have none, they count in neither list.
 */
export function fuseWithFirstStage(
  scores: readonly (OrderedScore | undefined)[],
  { documents, fusion }: RerankRequest,
): (OrderedScore | undefined)[] {
  if (fusion === undefined || fusion.method === 'none') return [...scores];
  const scored = scores.flatMap((score, index) => (score === undefined ? [] : [{ score, index }]));
  const own = scored.map(({ score }) => score.orderScore);
  const fused = fuse(fusion, own, scored.map(({ index }) => firstStageScore(documents[index]) ?? 0)); // biome-ignore format: one call
  const fusedByIndex = new Map(scored.map(({ index }, place) => [index, fused[place]]));
  return scores.map((score, index) => {
    const orderScore = fusedByIndex.get(index);
    return score === undefined || orderScore === undefined
      ? undefined
      : { ...score, orderScore, unfusedScore: score.orderScore };
  });
}

function fuse({ method, weight, k }: Fusion, own: readonly number[], firstStage: readonly number[]): number[] {
  return method === 'interpolate'
    ? interpolateScores(own, firstStage, weight)
    : reciprocalRankScores(own, firstStage, k);
}
