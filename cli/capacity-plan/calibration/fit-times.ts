import { median } from 'simple-statistics';
import { fitNonNegative } from '#cli/capacity-plan/calibration/fit-non-negative.ts';
import { fitSuffix } from '#cli/capacity-plan/calibration/fit-suffix.ts';
import type { AloneSample } from '#cli/capacity-plan/calibration/measure-alone.ts';
import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { prefixMs, templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';

export interface FittedTimes extends Pick<HardwareProfile, 'busySlowdown' | 'spread'> {
  readonly milliseconds: Omit<HardwareProfile['milliseconds'], 'edge' | 'hints'>;
}

type PrefixTimes = Parameters<typeof prefixMs>[1];

/** Standard deviation of a normal distribution by its median distance from the median. */
const deviationsPerMedian = 1.4826;

/**
 * The times of a profile from what was measured. How a time grows with tokens and rows comes from the calls that had the worker to themselves; how much longer all
 * takes while every thread works, and what a document costs beside what the stages say, from the full load.
 */
export function fitTimes(alone: readonly AloneSample[], busy: BusySample, threads: number): FittedTimes {
  const fresh = alone.filter(({ isKept }) => !isKept);
  const kept = alone.filter(({ isKept }) => isKept);
  const prefix = fitPrefix(fresh);
  // Below 1, the measurement was disturbed while the calls were alone.
  const busySlowdown = Math.max(1, busy.prefixMs / expectedPrefixMs(busy, prefix));
  const tokenizing = median(kept.map(({ tokenizeMs }) => tokenizeMs));
  const stagesMs = busy.tokenizeMs + busy.prefixMs + busy.suffixMs;
  const besideMs = Math.max(0, threads * busy.milliseconds - stagesMs) / busy.documents.length;
  const document = besideMs / busySlowdown + tokenizing;
  const besideAloneMs = median(kept.map((one) => one.latencyMs - one.prefixMs - one.suffixMs));
  return {
    busySlowdown,
    spread: deviationsPerMedian * median(alone.map(({ deviation }) => deviation)),
    milliseconds: {
      call: Math.max(0, besideAloneMs - document),
      batch: 0,
      document,
      token: median(fresh.map((one) => Math.max(0, one.tokenizeMs - tokenizing) / one.documentTokens)),
      ...prefix,
      ...fitSuffix({ kept, busy, threads, busySlowdown }),
    },
  };
}

function fitPrefix(fresh: readonly AloneSample[]): PrefixTimes {
  const [prefixRun = 0, prefixRow = 0, prefixRowSquared = 0] = fitNonNegative(
    fresh.map(({ documentTokens }) => [1, rowsOf(documentTokens), rowsOf(documentTokens) ** 2]),
    fresh.map((one) => one.prefixMs),
  );
  return { prefixRun, prefixRow, prefixRowSquared };
}

/** With as many prefixes as were computed: one that another thread had was computed once more. */
function expectedPrefixMs({ documents, prefixes }: BusySample, times: PrefixTimes): number {
  const fresh = documents.filter(({ isNew }) => isNew);
  const sum = fresh.reduce((total, { tokens }) => total + prefixMs(rowsOf(tokens), times), 0);
  return (sum * prefixes) / fresh.length;
}

function rowsOf(documentTokens: number): number {
  return documentTokens + templateRows.prefix;
}
