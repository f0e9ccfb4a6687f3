import { fileURLToPath } from 'node:url';
import { workerEventSchema } from '#gpu-worker/worker-event.ts';
import { LocalStackFault } from '#infra/local/local-stack-fault.ts';
import { type RunningProcess, startProcess } from '#infra/local/processes/start-process.ts';

export interface GpuWorkerToStart {
  /** Shown in messages. */
  readonly name: string;
  /** Settings of `gpu-worker/environment.ts`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly onProgress: (stage: string, fraction: number) => void;
  /** Called once, with precision and device and why, when the model is loaded. */
  readonly onReady?: (arithmetic: string) => void;
  /** Gives the start up, and ends the process. */
  readonly signal: AbortSignal;
}

export interface RunningGpuWorker extends RunningProcess {
  readonly url: string;
  /** Resolves when the model is loaded; rejects with a LocalStackFault when it cannot be, or the worker ends before. */
  readonly ready: Promise<void>;
}

const mainPath = fileURLToPath(new URL('../../../gpu-worker/main.ts', import.meta.url));

/** Starts one worker process and waits until it listens; its model may still be loading. Throws LocalStackFault. */
export async function startGpuWorker({
  name,
  signal,
  settings,
  logFile,
  onProgress,
  onReady,
}: GpuWorkerToStart): Promise<RunningGpuWorker> {
  const listening = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<void>();
  const fail = (message: string) => {
    const fault = new LocalStackFault(message);
    listening.reject(fault);
    ready.reject(fault);
  };
  const child = startProcess({
    command: [process.execPath, mainPath],
    environment: { ...inheritedVariables(), ...settings },
    logFile,
    onMessage: (message) => {
      const event = workerEventSchema.parse(message);
      if (event.event === 'listening') listening.resolve(event.url);
      if (event.event === 'loading') onProgress(event.stage, event.fraction);
      if (event.event === 'ready') {
        if (event.arithmetic !== undefined) onReady?.(event.arithmetic);
        ready.resolve();
      }
      if (event.event === 'failed') fail(`${name} could not start: ${event.reason.replace(/\.$/, '')}.`);
    },
  });
  void child.ended.then((code) =>
    fail(`${name} ended while it started (${code === null ? 'by a signal' : `status ${code}`}); see ${logFile}.`),
  );
  const abort = () => fail(`${name} was stopped while it started.`);
  signal.addEventListener('abort', abort, { once: true });
  let loaded = false;
  ready.promise.then(
    () => {
      loaded = true;
    },
    () => undefined,
  );
  // A worker that still loads has no calls to finish, and cannot break the load off.
  const stop = (forceAfterMs: number) => child.stop(loaded ? forceAfterMs : 0);
  try {
    return { ...child, stop, url: await listening.promise, ready: ready.promise };
  } catch (error) {
    await child.stop(0);
    throw error;
  }
}

/** What Node itself needs; a worker's own settings come from `settings` alone, never from the terminal's environment. */
function inheritedVariables(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'NODE_OPTIONS', 'LD_LIBRARY_PATH'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
