import type { PairResult, StudyResults } from '#cli/study/study-results.ts';
import {
  formatDifference,
  formatInterval,
  significanceLevel,
} from '#gpu-worker/evaluation/report/describe-comparison.ts';

/** What a difference says after the correction for the number of differences. */
export type PairVerdict = 'better' | 'worse' | 'open';

export function verdictOf({ difference, adjustedPValue }: PairResult): PairVerdict {
  if (adjustedPValue === null || adjustedPValue >= significanceLevel || difference.meanDifference === 0) return 'open';
  return difference.meanDifference > 0 ? 'better' : 'worse';
}

const verdictWords: Readonly<Record<PairVerdict, string>> = {
  better: 'a significant gain',
  worse: 'a significant loss',
  open: 'not significant',
};

/** `+0.0120 [−0.0010, +0.0250], p 0.2100, not significant`: the difference, its interval, the corrected p-value, and the verdict. */
export function describePair(pair: PairResult): string {
  const { difference, adjustedPValue } = pair;
  const figures = `${formatDifference(difference.meanDifference)} ${formatInterval(difference)}`;
  return `${figures}, ${formatAdjustedP(adjustedPValue)}, ${verdictWords[verdictOf(pair)]}`;
}

export function formatAdjustedP(pValue: number | null): string {
  if (pValue === null) return 'too few queries to test';
  return pValue < 0.0001 ? 'p < 0.0001' : `p ${pValue.toFixed(4)}`;
}

/** `significantly better in 1 of 4 (k 20), significantly worse in none`. */
export function tallyPairs(pairs: readonly PairResult[], nameOf: (pair: PairResult) => string): string {
  const names = (verdict: PairVerdict): string[] => pairs.filter((pair) => verdictOf(pair) === verdict).map(nameOf);
  const count = (found: readonly string[]): string =>
    found.length === 0 ? 'none' : `${found.length} of ${pairs.length} (${found.join(', ')})`;
  return `significantly better in ${count(names('better'))}, significantly worse in ${count(names('worse'))}`;
}

/** Four digits, as in all tables. */
export function formatValue(value: number): string {
  return value.toFixed(4);
}

/** The rows of `ids` with the highest and the lowest value, and how far they lie apart. */
export function describeRange(results: StudyResults, ids: readonly string[]): string {
  const ordered = ids.toSorted((a, b) => results.value(b) - results.value(a));
  const [best] = ordered;
  const worst = ordered.at(-1);
  if (best === undefined || worst === undefined) throw new Error('a range has one row at least');
  const name = (id: string): string => `${results.row(id).row.label} (${formatValue(results.value(id))})`;
  if (results.value(best) === results.value(worst)) return `all have ${formatValue(results.value(best))}`;
  return `the highest is ${name(best)}, the lowest ${name(worst)}`;
}
