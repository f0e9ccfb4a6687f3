import { createDependencies } from '#gpu-worker/dependencies.ts';
import { drainWorker } from '#gpu-worker/drain-worker.ts';
import { parseEnvironment } from '#gpu-worker/environment.ts';
import { createApp } from '#gpu-worker/http/create-app.ts';
import { listen } from '#gpu-worker/http/listen.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { loadModel } from '#gpu-worker/load-model.ts';
import { finishTracing } from '#gpu-worker/telemetry/finish-tracing.ts';
import { workOnJobs } from '#gpu-worker/training-service/work-on-jobs.ts';
import type { WorkerEvent } from '#gpu-worker/worker-event.ts';

/** Entry point of the GPU worker: listens at once, loads the model behind it, takes training jobs where that is its role, drains on SIGTERM, SIGINT or when its parent is gone. */
async function main(): Promise<void> {
  const environment = parseEnvironment(process.env);
  const dependencies = createDependencies(environment);
  const { logger, now } = dependencies;
  const state = new WorkerState();
  const app = createApp({ ...dependencies.app, state });
  const server = await listen(app, environment.GPU_WORKER_HOST, environment.GPU_WORKER_PORT);
  const shutdown = new AbortController();
  const loading =
    environment.GPU_WORKER_ROLE === 'train' ? beTrainer(state) : loadModel({ ...dependencies, state, report, now });
  const training = dependencies.training === null ? null : workOnJobs(dependencies.training, shutdown.signal);
  let stopping = false;
  const stop = (reason: string) => {
    // A second signal means that whoever sent it will not wait.
    if (stopping) endAtOnce();
    stopping = true;
    logger.info({ reason }, 'draining');
    const graceMs = environment.GPU_WORKER_GRACE_SECONDS * 1_000;
    shutdown.abort(new Error('the worker is shut down'));
    void drainWorker({ state, server, work: [loading, training], graceMs, logger })
      .then(async (clean) => {
        await finishTracing(dependencies.tracing);
        return clean;
      })
      .then((clean) => (clean ? process.exit(0) : endAtOnce()));
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.channel !== undefined) process.on('disconnect', () => stop('the parent process is gone'));
  logger.info({ url: server.url }, 'listening');
  report({ event: 'listening', url: server.url });
  await loading;
  if (dependencies.training !== null && environment.GPU_WORKER_ROLE === 'train') report({ event: 'ready' });
}

/** The model is opened by each job's own process, when there is a job. */
async function beTrainer(state: WorkerState): Promise<void> {
  state.enter({ name: 'training' });
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
