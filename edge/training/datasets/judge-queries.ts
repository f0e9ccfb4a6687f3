import { formatCount } from '#edge/format-count.ts';
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

/**
 * 53 bits of the query's text (cyrb53, two multiplicative hashes of 32 bits): of 200,000 queries two are taken for one with a chance of two in a million,
 * and that costs a warning.
 */
export function queryDigest(query: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  const key = queryKey(query);
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}

/**
 * What the parts have in common, and whether enough is left of them: the trainer leaves test queries out of dev and training, and dev queries out of
 * training. `repeated` — lines whose query stood in the same part before.
 */
export function judgeQueries({ train, dev, test }: FoundQueries, repeated: readonly number[]): JudgedQueries {
  const devInTest = shared(dev, test);
  const trainInTest = shared(train, test);
  const trainInDev = shared(new Map([...train].filter(([digest]) => !test.has(digest))), dev);
  const warnings = [
    warn(trainInDev, 'train queries are also dev queries and are left out of training'),
    warn(trainInTest, 'train queries are also test queries and are left out of training'),
    warn(devInTest, 'dev queries are also test queries and are left out of dev'),
    warn(repeated, 'queries repeat an earlier one of their part and are joined with it'),
  ].flat();
  const trainLeft = train.size - trainInDev.length - trainInTest.length;
  return { problems: describeTooFew(trainLeft, dev.size - devInTest.length, dev.size > 0), warnings };
}

/** Lines of the queries that stand in `other` too. */
function shared(queries: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): number[] {
  return [...queries].filter(([digest]) => other.has(digest)).map(([, line]) => line);
}

function warn(lines: readonly number[], sentence: string): string[] {
  if (lines.length === 0) return [];
  const named = lines.slice(0, namedLinesMax).join(', ');
  return [`${formatCount(lines.length)} ${sentence}: lines ${named}${lines.length > namedLinesMax ? ', …' : ''}`];
}

function describeTooFew(train: number, dev: number, hasDev: boolean): string[] {
  const { datasetTrainQueriesMin, datasetDevQueriesMin } = limits;
  if (!hasDev) {
    const least = Math.ceil(datasetDevQueriesMin / devShare);
    const why = `at least ${least} are needed where no line has split "dev", because a fifth of them becomes the dev part`;
    return train < least ? [`it has ${train} training queries; ${why}`] : [];
  }
  return [
    ...(train < datasetTrainQueriesMin
      ? [`${train} training queries are left; at least ${datasetTrainQueriesMin} are needed`]
      : []),
    ...(dev < datasetDevQueriesMin ? [`${dev} dev queries are left; at least ${datasetDevQueriesMin} are needed`] : []),
  ];
}
