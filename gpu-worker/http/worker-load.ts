import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';
import type { ScoreResponse, ScoreTiming } from '#shared/protocol/score.ts';

/** How busy a worker is, as it tells the edge with the answer to a call, a guest's or not, that took so long on its threads. */
export function workerLoad(
  engine: Pick<ScoringEngine, 'info' | 'queueWaitMs'>,
  { tokenize_ms, prefix_ms, hints_ms, suffix_ms }: ScoreTiming,
  isGuest: boolean,
): NonNullable<ScoreResponse['load']> {
  return {
    wait_ms: engine.queueWaitMs(isGuest),
    work_ms: (tokenize_ms + prefix_ms + hints_ms + suffix_ms) / engine.info.threads,
  };
}
