import type { RoledRun } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { fuseRuns } from '#gpu-worker/evaluation/fuse-runs.ts';
import { limitRun } from '#gpu-worker/evaluation/limit-run.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface RankingParts {
  readonly candidates: TrecRun;
  /** Documents of the compared run that count, as many as there are candidates. */
  readonly depth: number;
  readonly reranked?: { readonly name: string; readonly precision: Precision; readonly run: TrecRun } | undefined;
  readonly compared?: { readonly name: string; readonly run: TrecRun } | undefined;
  /** Weight of the first stage in fused rankings; without it there are none. */
  readonly fusion?: number | undefined;
}

/**
 * Every ranking that an evaluation measures, the first stage first and ours last. Of the compared run only the queries of the candidates count, and of each as many documents, which may be others (of another first stage).
 * @throws ServiceError `invalid_request` when the compared run has none of these queries
 */
export function collectRankings({ candidates, depth, reranked, compared, fusion }: RankingParts): RoledRun[] {
  const rankings: RoledRun[] = [{ role: 'first_stage', name: 'first stage', run: candidates }];
  const nameFused = (name: string): string => `${name} + ${fusion} × first stage`;
  if (compared !== undefined) {
    const run = limitRun(new Map([...compared.run].filter(([queryId]) => candidates.has(queryId))), undefined, depth);
    if (run.size === 0)
      throw new ServiceError('invalid_request', `The compared run ${compared.name} has no query of the first stage.`);
    rankings.push({ role: 'compared', name: compared.name, run });
    if (fusion !== undefined)
      rankings.push({ role: 'compared_fused', name: nameFused(compared.name), run: fuseRuns(run, candidates, fusion) });
  }
  if (reranked !== undefined) {
    const { name, precision, run } = reranked;
    rankings.push({ role: 'reranked', name: `${name}, ${precision}`, run });
    if (fusion !== undefined)
      rankings.push({ role: 'fused', name: nameFused(name), run: fuseRuns(run, candidates, fusion) });
  }
  return rankings;
}
