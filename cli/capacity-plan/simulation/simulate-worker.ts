import type { HardwareProfile } from '#cli/capacity-plan/hardware/hardware-profile.ts';
import { batchWork } from '#cli/capacity-plan/simulation/batch-work.ts';
import { type SimulatedTask, tasksOf } from '#cli/capacity-plan/simulation/simulated-task.ts';
import { SimulatedThreads } from '#cli/capacity-plan/simulation/simulated-threads.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import { batchLimits } from '#gpu-worker/scoring/scheduling/batch-limits.ts';
import { TaskPlanner } from '#gpu-worker/scoring/scheduling/task-planner.ts';

export interface WorkerToSimulate {
  /** In the order in which they come; each without documents of other workers. */
  readonly calls: readonly SimulatedRequest[];
  readonly hardware: Pick<HardwareProfile, 'threads' | 'busySlowdown' | 'milliseconds'>;
  /** Factor of the next batch's time; its mean is 1. */
  readonly noise: () => number;
}

export interface WorkerSimulation {
  /** When each call was answered, in milliseconds, as in `calls`. */
  readonly doneAtMs: Float64Array;
  /** Time of all threads that they worked. */
  readonly busyMs: number;
}

/** More than ever wait: a plan is about loads that a fleet can take, and a longer queue shows in the latency. */
const lengthMax = 10_000_000;
const ownersMax = 100_000;

/** One worker, event by event: its main thread takes calls one by one, the worker's own planner gives batches to threads, threads take their time. */
export function simulateWorker({ calls, hardware, noise }: WorkerToSimulate): WorkerSimulation {
  const { threads: count, milliseconds: times } = hardware;
  const planner = new TaskPlanner<SimulatedTask>({
    ...{ threads: count, lengthMax, ownersMax },
    ...{ batchRowsMax: batchLimits.rows, batchTasksMax: batchLimits.tasks },
  });
  const threads = new SimulatedThreads<SimulatedTask>(count, hardware.busySlowdown);
  const kept = keepPrefixes(planner, calls, count);
  const open = calls.map(({ documents, scoresQuery }) => documents.length + (scoresQuery ? 1 : 0));
  const doneAtMs = new Float64Array(calls.length);
  const dispatch = () => {
    for (const thread of threads.idle()) {
      const { tasks } = planner.take(thread, threads.nowMs);
      if (tasks.length === 0) continue;
      const own = kept[thread] ?? new Set();
      threads.start(thread, tasks, noise() * batchWork(tasks, times, (task) => own.has(task.document?.id ?? -1)));
      for (const { document } of tasks) if (document?.isKept) own.add(document.id);
    }
  };
  let freeAtMs = 0;
  let next = 0;
  while (next < calls.length || threads.busy > 0) {
    const call = calls[next];
    const readyAtMs = call === undefined ? Number.POSITIVE_INFINITY : Math.max(freeAtMs, call.atMs) + times.call;
    const finished = threads.runUntil(readyAtMs);
    if (finished === null && call !== undefined) {
      for (const task of tasksOf(call, next)) planner.add(task);
      freeAtMs = readyAtMs;
      next += 1;
    }
    for (const task of finished ?? []) {
      const left = (open[task.call] ?? 0) - 1;
      open[task.call] = left;
      if (left === 0) doneAtMs[task.call] = threads.nowMs;
    }
    dispatch();
  }
  return { doneAtMs, busyMs: threads.busyMs };
}

/** A request that costs next to nothing. */
const none = { atMs: 0, tenant: '', queryTokens: 1, hasAdapter: false, scoresQuery: false };

/** What the threads have kept before the first call: each kept document on one of them, the planner told of it. */
function keepPrefixes(
  planner: TaskPlanner<SimulatedTask>,
  calls: readonly SimulatedRequest[],
  threads: number,
): Set<number>[] {
  const kept = Array.from({ length: threads }, () => new Set<number>());
  const documents = new Map(
    calls.flatMap((call) => call.documents.filter(({ isKept }) => isKept).map((one) => [one.id, one] as const)),
  );
  for (const [index, document] of [...documents.values()].entries()) {
    const first = { ...none, documents: [document] };
    const thread = index % threads;
    for (const task of tasksOf(first, -1)) planner.add(task);
    planner.take(thread, 0);
    kept[thread]?.add(document.id);
  }
  return kept;
}
