import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { batchWork } from '#cli/capacity-plan/simulation/batch-work.ts';
import { drawRequests } from '#cli/capacity-plan/simulation/draw-requests.ts';
import { simulateWorker } from '#cli/capacity-plan/simulation/simulate-worker.ts';
import { type SimulatedTask, tasksOf } from '#cli/capacity-plan/simulation/simulated-task.ts';
import type { SimulatedRequest } from '#cli/capacity-plan/simulation/workload.ts';
import type { ScoringWork } from '#gpu-worker/scoring/batch/scoring-work.ts';
import { emptyStageTimes } from '#gpu-worker/scoring/batch/stage-times.ts';
import { TaskDispatcher } from '#gpu-worker/scoring/scheduling/task-dispatcher.ts';
import type { BatchReply } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { idleHardware } from '#test/support/idle-hardware.ts';

const times = { ...idleHardware.milliseconds, document: 1, prefixRow: 0.3, suffixRun: 4, suffixRow: 0.25 };
const hardware = { ...idleHardware, milliseconds: times };

interface Event {
  readonly atMs: number;
  readonly happen: () => void;
}

/** A text of so many tokens as the worker estimates them. */
const textOf = (tokens: number, name: string) => name.padEnd(4 * tokens, ' x');

/** The work of a request’s tasks, as the worker’s HTTP side hands it to the dispatcher, each with what it is in the simulation. */
function worksOf(
  request: SimulatedRequest,
  call: number,
): { readonly work: ScoringWork; readonly task: SimulatedTask }[] {
  const query = textOf(request.queryTokens, `q${call}`);
  return tasksOf(request, call).map((task) => {
    const { document } = task;
    const work: ScoringWork =
      document === null
        ? { kind: 'query', task: { query, template: 'clean-1' } }
        : { kind: 'score', task: { document: textOf(document.tokens, `d${document.id}`), queries: [query] } };
    return { work, task };
  });
}

/** The worker's own dispatcher in simulated time, on threads that take what the model says. */
async function runDispatcher(requests: readonly SimulatedRequest[], threads: number): Promise<number[]> {
  let nowMs = 0;
  const events: Event[] = [];
  const tasks = new Map<ScoringWork, SimulatedTask>();
  const dispatcher = new TaskDispatcher({
    ...{ threads, lengthMax: 1_000_000, observer: {}, now: () => nowMs },
    run: (_, entries) => {
      const batch = entries.flatMap(({ work }) => tasks.get(work) ?? []);
      const { promise, resolve } = Promise.withResolvers<BatchReply>();
      const reply: BatchReply = {
        outcomes: entries.map(() => ({ kind: 'scored', scores: [], times: emptyStageTimes() })),
        runs: [],
        prefixes: { hits: 0, misses: 0, evictions: 0, entries: 0, bytes: 0 },
      };
      events.push({ atMs: nowMs + batchWork(batch, times, () => false), happen: () => resolve(reply) });
      return promise;
    },
  });
  const latenciesMs: number[] = [];
  for (const [call, request] of requests.entries()) {
    const send = () => {
      const works = worksOf(request, call);
      const whose = { tenant: request.tenant, request: String(call) };
      for (const { work, task } of works) tasks.set(work, task);
      void Promise.all(works.map(({ work }) => dispatcher.enqueue(work, whose))).then(() => {
        latenciesMs[call] = nowMs - request.atMs;
      });
    };
    events.push({ atMs: request.atMs, happen: send });
  }
  for (let thread = 0; thread < threads; thread += 1) dispatcher.threadReady(thread);
  while (events.length > 0) {
    events.sort((left, right) => left.atMs - right.atMs);
    const event = events.shift();
    nowMs = event?.atMs ?? nowMs;
    event?.happen();
    await nextTurn();
  }
  return latenciesMs;
}

it.each([
  [1, 4],
  [2, 8],
  [3, 9],
])('answers each request when the worker’s own dispatcher does, on %i threads', async (threads, requestsPerSecond) => {
  const requests = drawRequests({
    workload: {
      requestsPerSecond,
      documentsPerRequest: [1, 3, 8, 20],
      documentTokens: [30, 120, 260],
      queryTokens: [6, 14],
      adapterShare: 0,
      hitRate: 0,
    },
    ...{ requests: 250, keptDocuments: 1, seed: 3 },
  });
  const measured = await runDispatcher(requests, threads);
  const { doneAtMs } = simulateWorker({ calls: requests, hardware: { ...hardware, threads }, noise: () => 1 });
  const simulated = requests.map(({ atMs }, index) => (doneAtMs[index] ?? Number.NaN) - atMs);
  expect(measured).toHaveLength(250);
  for (const [index, latencyMs] of simulated.entries()) expect(measured[index]).toBeCloseTo(latencyMs, 3);
});
