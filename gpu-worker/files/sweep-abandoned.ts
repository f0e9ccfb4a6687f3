import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Milliseconds after which what a process was writing is taken for abandoned: conversions of large models take minutes. */
const abandonedAfterMs = 3_600_000;

/** Removes what killed processes left half-written in `folder`, told by name; what changed within the hour may be another process's, and stays. */
export function sweepAbandoned(folder: string, isTemporary: (name: string) => boolean, nowMs = Date.now()): void {
  for (const name of readdirSync(folder)) {
    if (!isTemporary(name)) continue;
    const path = join(folder, name);
    const changedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (nowMs - changedAtMs > abandonedAfterMs) rmSync(path, { recursive: true, force: true });
  }
}
