import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { Requests } from '#test/bench/beside-training/create-requests.ts';
import type { WorkerClient } from '#test/bench/load/worker-client.ts';

export interface PhaseLoad {
  readonly client: Pick<WorkerClient, 'score'>;
  readonly requests: Requests;
  readonly seconds: number;
}

/** Milliseconds of each request. */
type Latencies = number[];

/** Callers that each send the next request when the last one is answered: the worker is never idle. */
export async function sendFull({ client, requests, seconds }: PhaseLoad, callers: number): Promise<Latencies> {
  const latencies: Latencies = [];
  const endAt = performance.now() + seconds * 1_000;
  const call = async () => {
    do latencies.push(await client.score(requests.next()));
    while (performance.now() < endAt);
  };
  await Promise.all(Array.from({ length: callers }, call));
  return latencies;
}

/**
 * Requests that come by chance, so many a second, whether or not earlier ones are answered (a Poisson process, drawn by `seed`). A request's time begins when it
 * was due: what a late sender costs is not hidden.
 */
export async function sendSteadily(
  { client, requests, seconds }: PhaseLoad,
  { perSecond, seed }: { readonly perSecond: number; readonly seed: number },
): Promise<Latencies> {
  const random = seededRandom(seed, 'arrivals', 0);
  const startedAt = performance.now();
  const running: Promise<number>[] = [];
  const gap = () => (-Math.log(1 - random.uniform()) * 1_000) / perSecond;
  const send = async (dueAt: number) => {
    await client.score(requests.next());
    return performance.now() - dueAt;
  };
  for (let dueAt = startedAt + gap(); dueAt < startedAt + seconds * 1_000; dueAt += gap()) {
    await delay(Math.max(0, dueAt - performance.now()));
    const sent = send(dueAt);
    // Awaited below; until then, a failure is not unhandled.
    sent.catch(() => undefined);
    running.push(sent);
  }
  return Promise.all(running);
}
