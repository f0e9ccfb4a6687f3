import { readFileSync } from 'node:fs';

/** What this process has in memory, bytes. */
export interface MemoryUse {
  readonly resident: number;
  /** Memory of its own that no file stands behind: what a limit of a container cannot get back. */
  readonly anonymous: number;
  /** Resident, pages of files that several processes map counted in parts. */
  readonly proportional: number;
}

/** Of this process, now. Linux only. */
export function readMemory(): MemoryUse {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
  return {
    resident: kilobytes(text, 'Rss'),
    anonymous: kilobytes(text, 'Anonymous'),
    proportional: kilobytes(text, 'Pss'),
  };
}

/** Largest resident memory of this process up to now, bytes. */
export function readPeakResident(): number {
  return kilobytes(readFileSync('/proc/self/status', 'utf8'), 'VmHWM');
}

function kilobytes(text: string, name: string): number {
  const digits = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (digits === undefined) throw new Error(`/proc/self says nothing of ${name}; memory is measured on Linux alone.`);
  return Number(digits) * 1024;
}
