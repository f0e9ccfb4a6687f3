import type { MergedScore } from '#edge/gpu-workers/merge-scores.ts';
import type { ShardFailure } from '#edge/gpu-workers/shard-outcome.ts';
import { policyFor } from '#edge/rerank/failure-policy.ts';
import type { ErrorCode } from '#shared/errors/error-catalogue.ts';
import type { RerankRequest } from '#shared/protocol/rerank-request.ts';

/** How an answer falls short of what was asked, as the request allowed. */
export interface Degradation {
  readonly policy: 'partial' | 'original_order';
  /** What an error would have said. */
  readonly reason: ErrorCode;
  /** Positions of the documents without a score, ascending. */
  readonly unscored: readonly number[];
}

/**
 * What becomes of a request whose documents were not all scored; undefined where they were. Throws the failure's ServiceError where the request wants
 * an error, and for `partial` where there is no part.
 */
export function degrade(
  request: RerankRequest,
  scores: readonly (MergedScore | undefined)[],
  failure: ShardFailure | undefined,
): Degradation | undefined {
  const unscored = scores.flatMap((score, index) => (score === undefined ? [index] : []));
  if (unscored.length === 0) return undefined;
  if (failure === undefined) throw new Error(`${unscored.length} documents have no score, and nothing failed`);
  const policy = policyFor(request, failure.reason);
  const isEmpty = unscored.length === scores.length;
  if (policy === 'error' || (policy === 'partial' && isEmpty)) throw failure.error;
  return { policy, reason: failure.error.code, unscored };
}
