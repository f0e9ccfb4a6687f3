import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import type { SimulatedTask } from '#cli/capacity-plan/simulation/simulated-task.ts';
import { suffixRunSize } from '#gpu-worker/scoring/batch/suffix-run-size.ts';

/** Rows that a template and an adapter add, as they are on the model; the planner's own are rounded up. */
export const templateRows = { prefix: 17, suffix: 1, hints: 15 } as const;

type Times = HardwareProfile['milliseconds'];

/**
 * Milliseconds of a batch on a thread that works alone: as the worker does it, documents that are not kept one by one, suffixes in runs that are full when
 * their slots or their rows are. `isKept` says whether this thread has a task's prefix.
 */
export function batchWork(
  tasks: readonly SimulatedTask[],
  times: Times,
  isKept: (task: SimulatedTask) => boolean,
): number {
  let work = times.batch;
  let run = { sequences: 0, rows: 0, pastRows: 0 };
  const flush = () => {
    if (run.sequences > 0) work += suffixRunMs(run, times);
    run = { sequences: 0, rows: 0, pastRows: 0 };
  };
  for (const task of tasks) {
    const past = prefixRowsOf(task);
    work += times.document;
    if (task.hasAdapter) work += times.hints;
    if (task.document !== null && !isKept(task)) work += times.token * task.document.tokens + prefixMs(past, times);
    const rows = task.queryTokens + templateRows.suffix + (task.hasAdapter ? templateRows.hints : 0);
    if (run.sequences === suffixRunSize.sequences || run.rows + rows > suffixRunSize.rows) flush();
    run = { sequences: run.sequences + 1, rows: run.rows + rows, pastRows: run.pastRows + rows * past };
  }
  flush();
  return work;
}

/** Milliseconds of a prefix of `rows` tokens, the template's among them. */
export function prefixMs(rows: number, times: Pick<Times, 'prefixRun' | 'prefixRow' | 'prefixRowSquared'>): number {
  return times.prefixRun + times.prefixRow * rows + times.prefixRowSquared * rows ** 2;
}

export interface SuffixRunShape {
  readonly sequences: number;
  readonly rows: number;
  /** Sum over the rows of the tokens of their prefix. */
  readonly pastRows: number;
}

/** Milliseconds of a run; slots that are left over cost a row each. */
export function suffixRunMs(
  { sequences, rows, pastRows }: SuffixRunShape,
  times: Pick<Times, 'suffixRun' | 'suffixRow' | 'suffixRowPast'>,
): number {
  const filled = rows + suffixRunSize.sequences - sequences;
  return times.suffixRun + times.suffixRow * filled + times.suffixRowPast * pastRows;
}

function prefixRowsOf({ document }: SimulatedTask): number {
  return templateRows.prefix + (document?.tokens ?? 0);
}
