/// <reference path="./jstat.d.ts" />
import jStat from 'jstat';
import { mean, sampleStandardDeviation } from 'simple-statistics';

export interface PairedTTest {
  /** Null when all differences are equal: there is no spread to hold the mean against. */
  readonly statistic: number | null;
  readonly degreesOfFreedom: number;
  /** Two-sided. 1 when all differences are 0, 0 when they are all the same other number. */
  readonly pValue: number;
}

/** Student's paired t test that the mean of `differences` (one for each query) is 0. Null for fewer than two. */
export function pairedTTest(differences: readonly number[]): PairedTTest | null {
  if (differences.length < 2) return null;
  const degreesOfFreedom = differences.length - 1;
  const centre = mean([...differences]);
  if (differences.every((difference) => difference === differences[0]))
    return { statistic: null, degreesOfFreedom, pValue: centre === 0 ? 1 : 0 };
  const statistic = centre / (sampleStandardDeviation([...differences]) / Math.sqrt(differences.length));
  return { statistic, degreesOfFreedom, pValue: 2 * jStat.studentt.cdf(-Math.abs(statistic), degreesOfFreedom) };
}
