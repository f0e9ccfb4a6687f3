import type { TrecRun } from '#gpu-worker/evaluation/trec-run.ts';

/** The first `queriesMax` queries of `run`, with the first `depth` documents of each. */
export function limitRun(
  run: TrecRun,
  queriesMax = Number.POSITIVE_INFINITY,
  depth = Number.POSITIVE_INFINITY,
): TrecRun {
  const queries = [...run].slice(0, queriesMax);
  return new Map(queries.map(([queryId, entries]) => [queryId, entries.slice(0, depth)]));
}
