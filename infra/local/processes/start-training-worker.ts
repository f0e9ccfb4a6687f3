import { join } from 'node:path';
import { type RunningGpuWorker, startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { type WorkerSettingsOptions, workerSettings } from '#infra/local/processes/worker-settings.ts';
import type { Shutdown } from '#infra/local/shutdown.ts';

export interface TrainingWorkerOptions extends WorkerSettingsOptions {
  /** Base URL of the edge, which runs already. */
  readonly edgeUrl: string;
  readonly shutdown: Shutdown;
  readonly say: (line: string) => void;
}

/** A job that waits should start while somebody watches; a question every second costs this machine's own database next to nothing. */
const idleSeconds = 1;

/** Starts the worker that trains: with one thread, below the priority of those that serve, and without a model until there is a job. */
export async function startTrainingWorker(options: TrainingWorkerOptions): Promise<RunningGpuWorker> {
  const { shutdown, say, state } = options;
  const settings = {
    ...workerSettings(options),
    GPU_WORKER_ROLE: 'train',
    GPU_WORKER_TRAINING_THREADS: '1',
    GPU_WORKER_TRAINING_IDLE_SECONDS: String(idleSeconds),
    EDGE_URL: options.edgeUrl,
  };
  const logFile = join(state.logs, 'training-worker.log');
  const name = 'The training worker';
  const worker = await shutdown.start((signal) =>
    startGpuWorker({ name, settings, logFile, onProgress: () => undefined, signal }),
  );
  void worker.ended.then(() => {
    if (!shutdown.signal.aborted) say('The training worker has ended; training jobs wait until you start again.');
  });
  return worker;
}
