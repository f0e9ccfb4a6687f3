import { createDependencies } from '#gpu-worker/dependencies.ts';
import { drainWorker } from '#gpu-worker/drain-worker.ts';
import { parseEnvironment } from '#gpu-worker/environment.ts';
import { createApp } from '#gpu-worker/http/create-app.ts';
import { listen } from '#gpu-worker/http/listen.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { loadModel } from '#gpu-worker/load-model.ts';
import type { WorkerEvent } from '#gpu-worker/worker-event.ts';

/** Entry point of the GPU worker: listens at once, loads the model behind it, drains on SIGTERM, SIGINT or when its parent is gone. */
async function main(): Promise<void> {
  const environment = parseEnvironment(process.env);
  const dependencies = createDependencies(environment);
  const { logger, now } = dependencies;
  const state = new WorkerState();
  const app = createApp({ ...dependencies.app, state });
  const server = await listen(app, environment.GPU_WORKER_HOST, environment.GPU_WORKER_PORT);
  const loading = loadModel({ ...dependencies, state, report, now });
  let stopping = false;
  const stop = (reason: string) => {
    // A second signal means that whoever sent it will not wait.
    if (stopping) endAtOnce();
    stopping = true;
    logger.info({ reason }, 'draining');
    const graceMs = environment.GPU_WORKER_GRACE_SECONDS * 1_000;
    void drainWorker({ state, server, loading, graceMs, logger }).then((clean) =>
      clean ? process.exit(0) : endAtOnce(),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.channel !== undefined) process.on('disconnect', () => stop('the parent process is gone'));
  logger.info({ url: server.url }, 'listening');
  report({ event: 'listening', url: server.url });
  await loading;
}

/** Not `process.exit`: that ends the threads first, and the native library aborts with a core dump when it is ended in the middle of a call. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Tells the parent, if there is one; a parent that is gone is no fault of the worker. */
function report(event: WorkerEvent): void {
  if (process.connected) process.send?.(event, () => undefined);
}

main().catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  report({ event: 'failed', reason });
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
  // An open IPC channel would keep the process alive.
  if (process.connected) process.disconnect();
});
