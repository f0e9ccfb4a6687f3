import { SingleBar } from 'cli-progress';
import type { CommandIo } from '#cli/command-line/command-io.ts';

export interface ProgressBar {
  /** `done` of `total`, in the unit that the label names; `note` is shown behind it by a bar that was made for notes. */
  update(done: number, total: number, note?: string): void;
  stop(): void;
}

/** Milliseconds between lines where standard error is a file or a pipe: a log is to be read, not watched. */
const logIntervalMs = 15_000;

/**
 * A bar with the time left on standard error, which leaves standard output to the results. Starts with the first update.
 * `noted`: shows the notes of its updates instead of the time gone and left, for work that is no even row of equal parts.
 * `inLogs`: also where standard error is no terminal, a line now and then; for commands that run for minutes.
 */
export function createProgressBar(
  io: Pick<CommandIo, 'stderr'>,
  label: string,
  inLogs = false,
  noted = false,
): ProgressBar {
  const ending = noted ? '{note}' : '{duration_formatted} gone, {eta_formatted} left';
  const bar = new SingleBar({
    format: `${label} [{bar}] {value}/{total} · ${ending}`,
    stream: io.stderr,
    clearOnComplete: true,
    noTTYOutput: inLogs,
    notTTYSchedule: logIntervalMs,
    etaBuffer: 200,
    gracefulExit: false,
  });
  let started = false;
  return {
    update(done, total, note = '') {
      if (!started) bar.start(total, 0, { note });
      started = true;
      bar.update(done, { note });
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
