import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { PrecisionChoice } from '#gpu-worker/scoring/scoring-engine.ts';
import { type RunningGpuWorker, startGpuWorker } from '#infra/local/processes/start-gpu-worker.ts';
import { type WorkerSettingsOptions, workerSettings } from '#infra/local/processes/worker-settings.ts';
import type { Shutdown } from '#infra/local/shutdown.ts';

export interface GpuWorkersOptions extends WorkerSettingsOptions {
  readonly workers: number;
  readonly precision: PrecisionChoice;
  readonly shutdown: Shutdown;
  readonly say: (line: string) => void;
}

/**
 * Starts the workers, which share the machine's cores. The first one converts the weights where that was never done; the others wait for
 * it, so that it is done once.
 */
export async function startGpuWorkers(options: GpuWorkersOptions): Promise<RunningGpuWorker[]> {
  const { workers, shutdown, say } = options;
  const threads = Math.max(1, Math.floor(availableParallelism() / workers));
  say(
    `Starting ${workers === 1 ? 'a GPU worker' : `${workers} GPU workers`} on the CPU (${threads} thread${threads === 1 ? '' : 's'} each).`,
  );
  const running: RunningGpuWorker[] = [];
  for (let number = 1; number <= workers; number += 1) {
    const name = `GPU worker ${number}`;
    const settings = {
      ...workerSettings(options),
      GPU_WORKER_PRECISION: options.precision,
      GPU_WORKER_DEVICE: 'cpu',
      GPU_WORKER_THREADS: String(threads),
    };
    const logFile = join(options.state.logs, `gpu-worker-${number}.log`);
    const onProgress = progressSayer(name, say);
    const onReady = (arithmetic: string) => say(`${name}: ${arithmetic}.`);
    const worker = await shutdown.start((signal) =>
      startGpuWorker({ name, settings, logFile, onProgress, onReady, signal }),
    );
    void worker.ready.then(() => reportEnd(name, worker, shutdown, say)).catch(() => undefined);
    if (number < workers) await worker.ready;
    running.push(worker);
  }
  return running;
}

/** One line a stage: a stage is the news, its percents are not. */
function progressSayer(name: string, say: (line: string) => void) {
  let lastStage = '';
  return (stage: string) => {
    if (stage !== lastStage) say(`${name}: ${stage} …`);
    lastStage = stage;
  };
}

async function reportEnd(
  name: string,
  worker: RunningGpuWorker,
  shutdown: Shutdown,
  say: (line: string) => void,
): Promise<void> {
  await worker.ended;
  if (!shutdown.signal.aborted)
    say(`${name} has ended; the other workers take over, and without any, requests get a 503 until you start again.`);
}
