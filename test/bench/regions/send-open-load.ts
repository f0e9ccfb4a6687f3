import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type LoadTarget, type Sample, sendOne } from '#test/bench/edge/send-load.ts';

export interface OpenLoad {
  readonly target: LoadTarget;
  /** When requests are due, in seconds from the start. */
  readonly arrivals: readonly number[];
  readonly body: () => string;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/**
 * Sends each request when it is due, however many have no answer yet, and returns a sample for each when the last is answered. Milliseconds count from when
 * the request was due; a connection that breaks is a sample of status 0.
 */
export async function sendOpenLoad({ target, arrivals, body, signal }: OpenLoad): Promise<Sample[]> {
  const agent = new Agent({ keepAlive: true });
  const startedAtMs = performance.now();
  const send = async (atSeconds: number): Promise<Sample> => {
    const dueMs = startedAtMs + atSeconds * 1_000;
    await delay(Math.max(0, dueMs - performance.now()), undefined, { signal });
    const broken = { status: 0, workerMs: undefined, cache: undefined };
    const sample = await sendOne(target, agent, body()).catch(() => broken);
    return { ...sample, milliseconds: performance.now() - dueMs };
  };
  try {
    return await Promise.all(arrivals.map(send));
  } finally {
    agent.destroy();
  }
}
