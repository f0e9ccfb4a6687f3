import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { ProblemLog } from '#gpu-worker/training/data/data-problems.ts';
import type { SourceQuery } from '#gpu-worker/training/data/training-source.ts';
import { queryKey } from '#shared/training/query-key.ts';

/** Of a set without a dev part, at most this share becomes one. */
const devShareMax = 0.2;

export interface SplitOptions {
  readonly trainQueriesMax: number;
  readonly devQueriesMax: number;
  readonly seed: number;
}

export interface QuerySplit {
  readonly train: readonly SourceQuery[];
  readonly dev: readonly SourceQuery[];
}

/**
 * Training and dev queries that share no text with each other or with the test set. Without a dev set, a fifth of the training queries, drawn by `seed`,
 * becomes one. The drawn queries keep the order of the data; another number of queries draws a larger or smaller set of the same ones.
 */
export function splitQueries(
  train: readonly SourceQuery[],
  dev: readonly SourceQuery[] | null,
  testQueries: readonly string[],
  options: SplitOptions,
  problems: ProblemLog,
): QuerySplit {
  const testKeys = new Set(testQueries.map(queryKey));
  const usableTrain = leaveOut(train, testKeys, 'train-query-in-test', problems);
  if (dev === null) {
    const devCount = Math.min(options.devQueriesMax, Math.floor(usableTrain.length * devShareMax));
    const drawn = new Set(draw(usableTrain, devCount, options.seed));
    const rest = usableTrain.filter((query) => !drawn.has(query));
    return { train: draw(rest, options.trainQueriesMax, options.seed), dev: [...drawn] };
  }
  const usableDev = leaveOut(dev, testKeys, 'dev-query-in-test', problems);
  const devKeys = new Set(usableDev.map(({ query }) => queryKey(query)));
  const rest = leaveOut(usableTrain, devKeys, 'train-query-in-dev', problems);
  return {
    train: draw(rest, options.trainQueriesMax, options.seed),
    dev: draw(usableDev, options.devQueriesMax, options.seed),
  };
}

function leaveOut(
  queries: readonly SourceQuery[],
  keys: ReadonlySet<string>,
  kind: 'train-query-in-test' | 'dev-query-in-test' | 'train-query-in-dev',
  problems: ProblemLog,
): SourceQuery[] {
  return queries.filter(({ query, place }) => {
    const shared = keys.has(queryKey(query));
    if (shared) problems.add(kind, place);
    return !shared;
  });
}

function draw(queries: readonly SourceQuery[], count: number, seed: number): SourceQuery[] {
  if (count >= queries.length) return [...queries];
  const drawn = new Set(seededOrder(queries, seed, ({ query }) => queryKey(query)).slice(0, count));
  return queries.filter((query) => drawn.has(query));
}
