import { describeTrainingFailure } from '#gpu-worker/training-service/process/describe-training-failure.ts';
import { performTraining } from '#gpu-worker/training-service/process/perform-training.ts';
import type {
  FromTrainingProcess,
  ToTrainingProcess,
  TrainingProcessJob,
} from '#gpu-worker/training-service/process/training-process-messages.ts';

/**
 * Entry point of the process that trains one job: forked with an IPC channel, told the job, gone when the job is done or the channel closes.
 */
const stopped = new AbortController();

/** Milliseconds between two words on the processor time that was used. */
const useToldMs = 1_000;

process.on('message', (message: ToTrainingProcess) => {
  if (message.kind === 'job') void perform(message.job);
  else stopped.abort(new Error('the training was stopped'));
});
// Whoever started it decides when it ends; a terminal's Ctrl-C reaches the whole group.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => undefined);
// Its parent was killed: nobody wants the result. Not `process.exit`, which waits for threads in native code.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function perform(job: TrainingProcessJob): Promise<void> {
  const telling = setInterval(tellUse, useToldMs);
  try {
    const report = await performTraining(job, (event) => tell({ kind: 'event', event }), stopped.signal);
    tellUse();
    tell({ kind: 'done', report });
  } catch (error) {
    if (stopped.signal.aborted) tell({ kind: 'stopped' });
    else fail(error);
  } finally {
    clearInterval(telling);
  }
}

function fail(error: unknown): void {
  const failure = describeTrainingFailure(error);
  // What is wrong with a job may quote its data, and is for its owner alone.
  if (!failure.permanent)
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  tell({ kind: 'failed', failure });
}

let told = 0;

function tellUse(): void {
  const { user, system } = process.cpuUsage();
  const used = (user + system) / 1e6;
  tell({ kind: 'used', processorSeconds: used - told });
  told = used;
}

function tell(message: FromTrainingProcess): void {
  process.send?.(message, () => undefined);
}
