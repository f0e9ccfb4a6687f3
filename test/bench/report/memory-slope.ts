import { linearRegression } from 'simple-statistics';

/** The memory of a process at a moment. */
export interface MemorySample {
  readonly seconds: number;
  readonly residentBytes: number;
}

export interface MemorySlope {
  /** MiB a minute, of a line through the samples behind the first third: until then, caches fill and kernels settle. */
  readonly mebibytesPerMinute: number;
  /** The same growth as a share of what is resident, over the time that was looked at. */
  readonly growthShare: number;
  readonly lastMebibytes: number;
}

const mebibyte = 2 ** 20;

/** How a process's memory grows; null where there are too few samples to say. */
export function memorySlope(samples: readonly MemorySample[]): MemorySlope | null {
  const settled = samples.slice(Math.floor(samples.length / 3));
  const [first, last] = [settled[0], settled.at(-1)];
  if (first === undefined || last === undefined || settled.length < 3) return null;
  const { m: bytesPerSecond } = linearRegression(settled.map(({ seconds, residentBytes }) => [seconds, residentBytes]));
  return {
    mebibytesPerMinute: (bytesPerSecond * 60) / mebibyte,
    growthShare: (bytesPerSecond * (last.seconds - first.seconds)) / last.residentBytes,
    lastMebibytes: last.residentBytes / mebibyte,
  };
}
