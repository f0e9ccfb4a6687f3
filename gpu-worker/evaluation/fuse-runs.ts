import { orderEntries } from '#gpu-worker/evaluation/order-entries.ts';
import type { RunEntry, TrecRun } from '#gpu-worker/evaluation/trec-run.ts';
import { interpolateScores } from '#shared/fusion/interpolate-scores.ts';

/**
 * The documents of `run` ordered by `weight` · z(first stage) + (1 − `weight`) · z(run), where z is a score less its query's mean, over its query's standard
 * deviation, both over the documents of `run`; scores that are all equal count as 0. Half and half is weight 0.5. Documents that the first stage lacks get
 * its lowest score of the query.
 */
export function fuseRuns(run: TrecRun, firstStage: TrecRun, weight: number): TrecRun {
  return new Map([...run].map(([queryId, entries]) => [queryId, fuse(entries, firstStage.get(queryId) ?? [], weight)]));
}

function fuse(entries: readonly RunEntry[], firstStage: readonly RunEntry[], weight: number): RunEntry[] {
  const scores = new Map(firstStage.map((entry) => [entry.documentId, entry.score]));
  const lowest = firstStage.reduce((score, entry) => Math.min(score, entry.score), firstStage[0]?.score ?? 0);
  const own = entries.map((entry) => entry.score);
  const first = entries.map((entry) => scores.get(entry.documentId) ?? lowest);
  const fused = interpolateScores(own, first, weight);
  return orderEntries(entries.map(({ documentId }, index) => ({ documentId, score: fused[index] ?? 0 })));
}
