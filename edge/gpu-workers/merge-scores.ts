import type { Shard } from '#edge/gpu-workers/plan-shards.ts';
import type { DocumentScore, ScoreResponse } from '#shared/protocol/score.ts';
import type { QueryExplanation } from '#shared/protocol/score-explanation.ts';

export interface ScoredShard {
  readonly shard: Shard;
  readonly response: ScoreResponse;
}

/** A document's score with what its own worker said of query and model: a score never depends on which other documents went where. */
export type MergedScore = DocumentScore &
  Pick<ScoreResponse, 'query_log_likelihood' | 'calibration'> & {
    /** The response's `explanation`. */
    readonly query_explanation?: QueryExplanation;
  };

/** The shards' scores in the order of the request, undefined for documents of no shard. Throws an Error where a document of a shard has none or two: a fault of the planning. */
export function mergeScores(documentCount: number, shards: readonly ScoredShard[]): (MergedScore | undefined)[] {
  const merged = new Map<number, MergedScore>();
  for (const { shard, response } of shards) {
    shard.documentIndices.forEach((documentIndex, position) => {
      const score = response.scores[position];
      if (score === undefined || merged.has(documentIndex)) {
        throw new Error(
          `document ${documentIndex} of ${documentCount} has ${score === undefined ? 'no score' : 'two scores'}`,
        );
      }
      const { query_log_likelihood, calibration, explanation } = response;
      merged.set(documentIndex, {
        ...score,
        ...(query_log_likelihood === undefined ? {} : { query_log_likelihood }),
        ...(calibration === undefined ? {} : { calibration }),
        ...(explanation === undefined ? {} : { query_explanation: explanation }),
      });
    });
  }
  return Array.from({ length: documentCount }, (_, index) => merged.get(index));
}
