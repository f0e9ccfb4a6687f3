import { median } from 'simple-statistics';
import { fitNonNegative } from '#cli/capacity-plan/calibration/fit-non-negative.ts';
import type { AloneSample } from '#cli/capacity-plan/calibration/measure-alone.ts';
import type { BusySample } from '#cli/capacity-plan/calibration/measure-busy.ts';
import { saturatedSuffixMs } from '#cli/capacity-plan/calibration/saturated-suffix-ms.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { prefixMs, templateRows } from '#cli/capacity-plan/simulation/batch-work.ts';
import { suffixRunSize } from '#gpu-worker/scoring/batch/suffix-run-size.ts';

type Times = Omit<HardwareProfile['milliseconds'], 'edge' | 'hints'>;

export interface FittedTimes extends Pick<HardwareProfile, 'busySlowdown' | 'spread'> {
  readonly milliseconds: Times;
}

/** Standard deviation of a normal distribution by its median distance from the median. */
const deviationsPerMedian = 1.4826;

/**
 * The times of a profile from what was measured. How a time grows with tokens and rows comes from the calls that had the worker to themselves; how much longer all
 * takes while every thread works, and what a document costs beside what the stages say, from the full load.
 */
export function fitTimes(alone: readonly AloneSample[], busy: BusySample, threads: number): FittedTimes {
  const shape = fitShape(alone);
  const slowdown = busy.prefixMs / expectedPrefixMs(busy, shape);
  // One thread is always all threads: what differs is the measurement's own.
  const busySlowdown = Math.max(1, slowdown);
  const { documents, documentsPerCall } = busy;
  const saturated = { documents, documentsPerCall, threads, busySlowdown };
  const suffixScale = busy.suffixMs / saturatedSuffixMs({ ...saturated, times: suffixTimes(shape) });
  const stagesMs = busy.tokenizeMs + busy.prefixMs + busy.suffixMs;
  const besideMs = Math.max(0, threads * busy.milliseconds - stagesMs) / documents.length;
  const document = besideMs / busySlowdown + shape.tokenizing;
  const kept = alone.filter(({ isKept }) => isKept);
  const besideAloneMs = median(kept.map((one) => one.latencyMs - one.prefixMs - one.suffixMs));
  return {
    busySlowdown,
    spread: deviationsPerMedian * median(alone.map(({ deviation }) => deviation)),
    milliseconds: {
      call: Math.max(0, besideAloneMs - document),
      batch: 0,
      document,
      token: shape.token,
      prefixRun: shape.prefixRun,
      prefixRow: shape.prefixRow,
      prefixRowSquared: shape.prefixRowSquared,
      suffixRun: shape.suffixRun * suffixScale,
      suffixRow: shape.suffixRow * suffixScale,
      suffixRowPast: shape.suffixRowPast * suffixScale,
    },
  };
}

/** Of one thread that works alone; `tokenizing` is what is left of it where the document is known. */
function fitShape(alone: readonly AloneSample[]) {
  const fresh = alone.filter(({ isKept }) => !isKept);
  const kept = alone.filter(({ isKept }) => isKept);
  const [prefixRun = 0, prefixRow = 0, prefixRowSquared = 0] = fitNonNegative(
    fresh.map(({ documentTokens }) => [1, rowsOf(documentTokens), rowsOf(documentTokens) ** 2]),
    fresh.map((one) => one.prefixMs),
  );
  const padding = suffixRunSize.sequences - 1;
  const [suffixRun = 0, suffixRow = 0, suffixRowPast = 0] = fitNonNegative(
    kept.map(({ documentTokens, queryTokens }) => {
      const rows = queryTokens + templateRows.suffix;
      return [1, rows + padding, rows * rowsOf(documentTokens)];
    }),
    kept.map((one) => one.suffixMs),
  );
  const tokenizing = median(kept.map(({ tokenizeMs }) => tokenizeMs));
  const token = median(
    fresh.map(({ tokenizeMs, documentTokens }) => Math.max(0, tokenizeMs - tokenizing) / documentTokens),
  );
  return { prefixRun, prefixRow, prefixRowSquared, suffixRun, suffixRow, suffixRowPast, token, tokenizing };
}

/** With as many prefixes as were computed: one that another thread had was computed once more. */
function expectedPrefixMs({ documents, prefixes }: BusySample, times: Parameters<typeof prefixMs>[1]): number {
  const fresh = documents.filter(({ isNew }) => isNew);
  const sum = fresh.reduce((total, { tokens }) => total + prefixMs(rowsOf(tokens), times), 0);
  return (sum * prefixes) / fresh.length;
}

/** Without anything else, so that what threads work is suffixes. */
function suffixTimes(shape: Pick<Times, 'suffixRun' | 'suffixRow' | 'suffixRowPast'>): HardwareProfile['milliseconds'] {
  const { suffixRun, suffixRow, suffixRowPast } = shape;
  const rest = { edge: 0, call: 0, batch: 0, document: 0, token: 0, prefixRun: 0, prefixRow: 0, prefixRowSquared: 0 };
  return { ...rest, hints: 0, suffixRun, suffixRow, suffixRowPast };
}

function rowsOf(documentTokens: number): number {
  return documentTokens + templateRows.prefix;
}
