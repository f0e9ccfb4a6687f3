import { formatCount } from '#edge/format-count.ts';
import { textDigest } from '#edge/training/datasets/text-digest.ts';
import { limits } from '#shared/limits.ts';
import type { DatasetSplit } from '#shared/protocol/dataset.ts';
import { queryKey } from '#shared/training/query-key.ts';

/** Digest → line at which the query stands first, by part. */
export type FoundQueries = Readonly<Record<DatasetSplit, Map<number, number>>>;

export interface JudgedQueries {
  /** Clauses; with one of them the dataset cannot be trained on. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** Lines that a warning names. */
const namedLinesMax = 5;

/** Of a dataset without a dev part, this share of the training queries becomes one (gpu-worker/training/data/split-queries.ts). */
const devShare = 0.2;

/** What tells a query from others, whatever its letters' case and spaces. A digest taken for another's costs a warning. */
export function queryDigest(query: string): number {
  return textDigest(queryKey(query));
}

export interface JudgeOptions {
  /** Whether there is a dev part, be it empty; absent: whether a query is in it. */
  readonly hasDev?: boolean;
  /** What the numbers are, in warnings; default `lines`. */
  readonly lines?: string;
  /** How a part of its own would have come, in messages. */
  readonly noDev?: string;
}

/**
 * What the parts have in common, and whether enough is left of them: the trainer leaves test queries out of dev and training, and dev queries out of
 * training. `repeated` — lines whose query stood in the same part before.
 */
export function judgeQueries(
  { train, dev, test }: FoundQueries,
  repeated: readonly number[],
  { hasDev = dev.size > 0, lines = 'lines', noDev = 'no line has split "dev"' }: JudgeOptions = {},
): JudgedQueries {
  const devInTest = shared(dev, test);
  const trainInTest = shared(train, test);
  const trainInDev = shared(new Map([...train].filter(([digest]) => !test.has(digest))), dev);
  const warn = (found: readonly number[], sentence: string) => describeLines(found, sentence, lines);
  const warnings = [
    warn(trainInDev, 'train queries are also dev queries and are left out of training'),
    warn(trainInTest, 'train queries are also test queries and are left out of training'),
    warn(devInTest, 'dev queries are also test queries and are left out of dev'),
    warn(repeated, 'queries repeat an earlier one of their part and are joined with it'),
  ].flat();
  const trainLeft = train.size - trainInDev.length - trainInTest.length;
  return { problems: describeTooFew(trainLeft, dev.size - devInTest.length, hasDev, noDev), warnings };
}

/** Lines of the queries that stand in `other` too. */
function shared(queries: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): number[] {
  return [...queries].filter(([digest]) => other.has(digest)).map(([, line]) => line);
}

/** A warning of so many things that stand in these lines; none where there are none. `lines` — what the numbers are: `lines`, `lines of queries.jsonl`. */
export function describeLines(found: readonly number[], sentence: string, lines: string): string[] {
  if (found.length === 0) return [];
  const named = found.slice(0, namedLinesMax).join(', ');
  return [`${formatCount(found.length)} ${sentence}: ${lines} ${named}${found.length > namedLinesMax ? ', …' : ''}`];
}

function describeTooFew(train: number, dev: number, hasDev: boolean, noDev: string): string[] {
  const { datasetTrainQueriesMin, datasetDevQueriesMin } = limits;
  if (!hasDev) {
    const least = Math.ceil(datasetDevQueriesMin / devShare);
    const why = `at least ${least} are needed where ${noDev}, because a fifth of them becomes the dev part`;
    return train < least ? [`it has ${train} training queries; ${why}`] : [];
  }
  return [
    ...(train < datasetTrainQueriesMin
      ? [`${train} training queries are left; at least ${datasetTrainQueriesMin} are needed`]
      : []),
    ...(dev < datasetDevQueriesMin ? [`${dev} dev queries are left; at least ${datasetDevQueriesMin} are needed`] : []),
  ];
}
