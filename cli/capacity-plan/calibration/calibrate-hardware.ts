import { createCalibrationTexts } from '#cli/capacity-plan/calibration/calibration-texts.ts';
import type { WorkerConnection } from '#cli/capacity-plan/calibration/connect-worker.ts';
import { fitTimes } from '#cli/capacity-plan/calibration/fit-times.ts';
import { measureAlone } from '#cli/capacity-plan/calibration/measure-alone.ts';
import { type BusySample, measureBusy } from '#cli/capacity-plan/calibration/measure-busy.ts';
import { measureMemory } from '#cli/capacity-plan/calibration/measure-memory.ts';
import { paceRange } from '#cli/capacity-plan/calibration/pace-range.ts';
import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';

export interface CalibrationOptions {
  readonly worker: WorkerConnection;
  /** What is not measured: its name, price, and the times of edge and hints. */
  readonly like: HardwareProfile;
  readonly name: string;
  readonly modelParameters: number;
  /** Bytes that the worker may have. */
  readonly machineBytes: number;
  /** Of single calls. */
  readonly rounds: number;
  /** Of full load. */
  readonly seconds: number;
  /** Makes the texts of two calibrations different. */
  readonly run: number;
  readonly onProgress: (sentence: string) => void;
}

/** A profile of the hardware that a worker runs on, which should have nothing else to do. Rejects as the connection does. */
export async function calibrateHardware(options: CalibrationOptions): Promise<HardwareProfile> {
  const { worker, like, name, rounds, seconds, onProgress } = options;
  const texts = createCalibrationTexts(options.run);
  const { threads, model, precision } = await worker.info();
  onProgress(`${rounds} rounds of single calls`);
  const alone = await measureAlone({ worker, texts, rounds });
  onProgress(`${seconds} s of full load`);
  const busy = await measureBusy({ worker, texts, threads, seconds });
  const disturbance = describeDisturbance(busy);
  if (disturbance !== '') onProgress(`${disturbance.trim()} Calibrate again when nothing else does.`);
  const fitted = fitTimes(alone, busy, threads);
  const measured = await measureMemory({ worker, texts });
  const { edge, hints } = like.milliseconds;
  // Hints grow with the model as its rows do, and nobody has measured them here.
  const hintsHere = (hints * fitted.milliseconds.suffixRow) / like.milliseconds.suffixRow;
  return {
    name,
    description: `Measured by hintrank plan calibrate: ${rounds} rounds of single calls, ${seconds} s of full load, ${busy.documents.length} documents. Not measured: edge, hints, adapter, price.${disturbance}`,
    model: {
      ...{ name: model, parameters: options.modelParameters, precision },
      keyValueBytesPerToken: measured.keyValueBytesPerToken,
    },
    threads,
    busySlowdown: round(fitted.busySlowdown),
    spread: round(fitted.spread),
    milliseconds: { edge, ...mapValues(fitted.milliseconds, round), hints: round(hintsHere) },
    memory: {
      ...{ machine: options.machineBytes, adapter: like.memory.adapter, thread: like.memory.thread },
      ...measured.sizes(threads * like.memory.thread),
    },
    pricePerHour: like.pricePerHour,
  };
}

/** Full loads of 12 s that had two cores to themselves differed by 1 %; those with a compiler beside them had 0.6 of the pace. */
const steadyPace = 0.8;

/** A sentence behind others, or nothing. */
function describeDisturbance(busy: BusySample): string {
  const range = paceRange(busy);
  if (range === null || range.slowest >= steadyPace * range.fastest) return '';
  const { slowest, fastest } = range;
  return ` Not steady: between ${slowest.toFixed(1)} and ${fastest.toFixed(1)} documents/s in parts of that time, so something else used the machine.`;
}

function mapValues<Key extends string>(
  values: Readonly<Record<Key, number>>,
  change: (value: number) => number,
): Record<Key, number> {
  const entries = Object.entries<number>(values).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(entries) as Record<Key, number>;
}

/** Three digits are more than a measurement knows. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}
