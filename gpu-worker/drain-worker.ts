import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ListeningServer } from '#gpu-worker/http/listen.ts';
import type { WorkerState } from '#gpu-worker/http/worker-state.ts';

export interface DrainWorkerOptions {
  readonly state: WorkerState;
  readonly server: ListeningServer;
  /** What is waited for beside the calls: the load of the model, which cannot be broken off, and the training job that is handed back. */
  readonly work: readonly (Promise<void> | null)[];
  readonly graceMs: number;
  readonly logger: Logger;
}

/** Milliseconds that aborted calls and the threads get to end after the grace time. */
const forcedEndMs = 1_000;

/** Not ready at once, running calls finish, then everything closes. Returns whether all of it ended within the grace time. */
export async function drainWorker({ state, server, work, graceMs, logger }: DrainWorkerOptions): Promise<boolean> {
  const engine = state.phase.name === 'ready' ? state.phase.engine : undefined;
  state.enter({ name: 'draining' });
  const finished = await within(graceMs, Promise.all([state.idle(), ...work]));
  if (!finished) {
    logger.warn(
      { graceMs },
      'calls, the load of the model or a training job still run after the grace time; they are ended',
    );
    state.forceStop();
  }
  const closed = await within(
    forcedEndMs,
    Promise.all([state.idle().then(() => engine?.close()), ...work, server.close()]),
  );
  if (!closed) logger.warn('connections or threads did not end');
  return finished && closed;
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  const timeout = delay(milliseconds, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    timer.abort();
  }
}
