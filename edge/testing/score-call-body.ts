import type { ScoreRequest } from '#shared/protocol/score.ts';

/** A call to a worker but for its time: documents under one query, with the base model. */
export function scoreCallBody(documents: readonly string[]): Omit<ScoreRequest, 'deadline_at_ms'> {
  return {
    model: 'm',
    query: 'q',
    documents: [...documents],
    max_tokens_per_doc: 512,
    include_target_log_likelihoods: false,
    include_calibration: false,
  };
}
