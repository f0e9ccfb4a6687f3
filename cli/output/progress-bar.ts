import { SingleBar } from 'cli-progress';
import type { CommandIo } from '#cli/command-line/command-io.ts';

export interface ProgressBar {
  /** `done` of `total`, in the unit that the label names. */
  update(done: number, total: number): void;
  stop(): void;
}

/** Milliseconds between lines where standard error is a file or a pipe: a log is to be read, not watched. */
const logIntervalMs = 15_000;

/**
 * A bar with the time left on standard error, which leaves standard output to the results. Starts with the first update.
 * `inLogs`: also where standard error is no terminal, a line now and then; for commands that run for minutes.
 */
export function createProgressBar(io: CommandIo, label: string, inLogs = false): ProgressBar {
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total} · {duration_formatted} gone, {eta_formatted} left`,
    stream: io.stderr,
    clearOnComplete: true,
    noTTYOutput: inLogs,
    notTTYSchedule: logIntervalMs,
    etaBuffer: 200,
    gracefulExit: false,
  });
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
