import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import { type ScoreRunOptions, scoreRunPairs } from '#gpu-worker/evaluation/score-run-pairs.ts';
import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import type { ScoringEngine } from '#gpu-worker/scoring/scoring-engine.ts';

/** Scores every document of every query with `engine` and orders them by mean log-likelihood (nats per token), as trec_eval would read them. */
export async function rerankRun(engine: ScoringEngine, options: ScoreRunOptions): Promise<TrecRun> {
  const pairs = await scoreRunPairs(engine, options);
  return new Map(
    [...pairs].map(([queryId, scored]) => [
      queryId,
      orderEntries(scored.map(({ documentId, score }) => ({ documentId, score: score.meanLogLikelihood }))),
    ]),
  );
}
