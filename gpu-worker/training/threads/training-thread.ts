import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { toPortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import type { WorkerThreadReply } from '#gpu-worker/scoring/threads/worker-thread-handle.ts';
import { SequenceRunner } from '#gpu-worker/training/threads/sequence-runner.ts';
import type {
  SequenceResult,
  SequenceTask,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';

/** Entry point of a training thread: two sessions (forward, and forward with backward), one sequence at a time, in the order of the messages. */
const port = parentPort;
if (port === null) throw new Error('training-thread.ts runs as a worker thread only');
const options = workerData as TrainingThreadOptions;
const send = (reply: WorkerThreadReply<SequenceResult>) => port.postMessage(reply);

try {
  const runner = await SequenceRunner.open(openModel(options.modelPath), options);
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: SequenceTask & { readonly id: number }) => {
    last = last.then(async () => {
      try {
        send({ kind: 'done', id: request.id, value: await runner.run(request) });
      } catch (error) {
        send({ kind: 'error', id: request.id, error: toPortableError(error) });
      }
    });
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'failed', error: toPortableError(error) });
}
