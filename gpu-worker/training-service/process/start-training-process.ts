import { fork } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';
import type {
  FromTrainingProcess,
  ToTrainingProcess,
  TrainingFailure,
  TrainingProcessJob,
} from '#gpu-worker/training-service/process/training-process-messages.ts';

export type TrainingEnd =
  /** Adapter and reports lie in the job's folder. */
  | { readonly kind: 'done'; readonly report: TrainingReport }
  /** As it was asked to; the last checkpoint lies in the job's folder. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: TrainingFailure };

export interface RunningTraining {
  /** Resolves when the process is gone; never rejects. */
  readonly ended: Promise<TrainingEnd>;
  /** Asks it to write a checkpoint of the step that it is in, and to end. */
  stop(): void;
  /** Ends it at once; what it has not written is lost. */
  kill(): void;
}

const processEntry = fileURLToPath(new URL('./training-process.ts', import.meta.url));

/**
 * Trains one job in a process of its own: heartbeats never wait for its arithmetic, a crash of it, or the system's for want of memory, ends a job and not
 * the worker, it can be ended between two instructions, and its memory is given back.
 */
export function startTrainingProcess(
  job: TrainingProcessJob,
  onEvent: (event: TrainingEvent) => void,
  onUse: (processorSeconds: number) => void,
): RunningTraining {
  const child = fork(processEntry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  yieldToOthers(child.pid);
  let end: TrainingEnd | undefined;
  const tell = (message: ToTrainingProcess) => {
    if (child.connected) child.send(message, () => undefined);
  };
  const ended = new Promise<TrainingEnd>((resolve) => {
    child.on('message', (message: FromTrainingProcess) => {
      if (message.kind === 'event') return onEvent(message.event);
      if (message.kind === 'used') return onUse(message.processorSeconds);
      end = message;
      // All that matters is on disk: nothing is won by waiting for threads to end one by one.
      child.kill('SIGKILL');
    });
    child.once('error', (error) => resolve(lost(error.message)));
    child.once('exit', (code, signal) => resolve(end ?? lost(signal ?? `status ${code}`)));
  });
  tell({ kind: 'job', job });
  return { ended, stop: () => tell({ kind: 'stop' }), kill: () => void child.kill('SIGKILL') };
}

/** Nice 10: what serves on the same cores is served first. Set before the process has made threads, because only those that come later inherit it. */
function yieldToOthers(processId: number | undefined): void {
  if (processId === undefined) return;
  try {
    setPriority(processId, Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // It has ended already, which its exit tells.
  }
}

/** The system ends what takes more memory than there is with SIGKILL. */
function lost(how: string): TrainingEnd {
  return {
    kind: 'failed',
    failure: { code: 'worker_failed', permanent: false, message: `The training process was ended (${how}).` },
  };
}
