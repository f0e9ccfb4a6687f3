import { fitNonNegative } from '#cli/capacity-plan/calibration/fit-non-negative.ts';
import type { AloneSample } from '#cli/capacity-plan/calibration/measure-alone.ts';
import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';
import { saturatedSuffixMs } from '#cli/capacity-plan/calibration/saturated-suffix-ms.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { suffixRunSize } from '#gpu-worker/scoring/batch/suffix-run-size.ts';

export type SuffixTimes = Pick<HardwareProfile['milliseconds'], 'suffixRun' | 'suffixRow' | 'suffixRowPast'>;

export interface SuffixToFit {
  /** Calls of one kept document: runs of one suffix. */
  readonly kept: readonly AloneSample[];
  /** Full load: runs that are as full as the planner makes them. */
  readonly busy: BusySample;
  readonly threads: number;
  readonly busySlowdown: number;
}

const units: readonly SuffixTimes[] = [
  { suffixRun: 1, suffixRow: 0, suffixRowPast: 0 },
  { suffixRun: 0, suffixRow: 1, suffixRowPast: 0 },
  { suffixRun: 0, suffixRow: 0, suffixRowPast: 1 },
];

/**
 * What the full load takes by each time alone adds up to half a percent more than by all of them: which documents share a run, and how long the last thread
 * works alone, depends on how long runs take. The second round allows for that, the third leaves two in a million.
 */
const rounds = 3;

/**
 * What a run of suffixes costs, by single ones and by the full load, which counts as much as all of them together: short runs and full ones both come out
 * right. The full load does so exactly, because the capacity depends on it.
 */
export function fitSuffix({ kept, busy, threads, busySlowdown }: SuffixToFit): SuffixTimes {
  const { documents, documentsPerCall, suffixMs } = busy;
  const saturated = (times: SuffixTimes) =>
    saturatedSuffixMs({ documents, documentsPerCall, threads, busySlowdown, times: { ...nothing, ...times } });
  const alone = units.map(saturated);
  let together = 1;
  let times = units[0] ?? nothing;
  for (let round = 0; round < rounds; round += 1) {
    const full = alone.map((ms) => ms * together);
    const [suffixRun = 0, suffixRow = 0, suffixRowPast = 0] = fitNonNegative(
      [...kept.map(termsOf), ...kept.map(() => full)],
      [...kept.map((one) => one.suffixMs), ...kept.map(() => suffixMs)],
    );
    times = { suffixRun, suffixRow, suffixRowPast };
    const [runMs = 0, rowMs = 0, rowPastMs = 0] = alone;
    together = saturated(times) / (suffixRun * runMs + suffixRow * rowMs + suffixRowPast * rowPastMs);
  }
  const scale = suffixMs / saturated(times);
  return {
    suffixRun: scale * times.suffixRun,
    suffixRow: scale * times.suffixRow,
    suffixRowPast: scale * times.suffixRowPast,
  };
}

/** Of a run of one suffix: the other slots have a row each. */
function termsOf({ documentTokens, queryTokens }: AloneSample): number[] {
  const rows = queryTokens + templateRows.suffix;
  return [1, rows + suffixRunSize.sequences - 1, rows * (documentTokens + templateRows.prefix)];
}

/** Without anything else, what threads work is suffixes. */
const nothing: HardwareProfile['milliseconds'] = {
  ...{ edge: 0, call: 0, batch: 0, document: 0, token: 0, hints: 0 },
  ...{ prefixRun: 0, prefixRow: 0, prefixRowSquared: 0 },
  ...{ suffixRun: 0, suffixRow: 0, suffixRowPast: 0 },
};
