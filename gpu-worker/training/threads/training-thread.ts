import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { serveRequests } from '#gpu-worker/scoring/threads/serve-requests.ts';
import { SequenceRunner } from '#gpu-worker/training/threads/sequence-runner.ts';
import type {
  SequenceGroup,
  SequenceResult,
  TrainingThreadOptions,
} from '#gpu-worker/training/threads/sequence-task.ts';

/** Entry point of a training thread: its own sessions, one group of sequences at a time, in the order of the messages. */
const port = parentPort;
if (port === null) throw new Error('training-thread.ts runs as a worker thread only');
const options = workerData as TrainingThreadOptions;

await serveRequests<SequenceGroup & { readonly id: number }, SequenceResult[]>(port, async () => {
  const model = openModel(options.modelPath);
  const runner = await SequenceRunner.open(model, options);
  const release = async () => {
    await runner.close();
    model.close();
  };
  return { perform: ({ tasks }) => runner.run(tasks), release };
});
