import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const dayMs = 86_400_000;

/** Notes that a folder is used now, in its modification time. A folder that cannot be written may stay as it is: nobody sweeps there. */
export function markUsed(folder: string): void {
  const now = new Date();
  try {
    utimesSync(folder, now, now);
  } catch {
    // A cache that came with an image, read-only.
  }
}

/** Removes the entries of a folder that `belongs` knows and that nobody has used for so many days; part of a day counts. */
export function sweepUnused(folder: string, belongs: (name: string) => boolean, days: number): void {
  for (const name of readdirSync(folder).filter(belongs)) {
    const path = join(folder, name);
    const usedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - usedAtMs > days * dayMs) rmSync(path, { recursive: true, force: true });
  }
}
