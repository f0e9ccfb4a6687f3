import { Worker } from 'node:worker_threads';
import type { AdapterCheckMessage, AdapterCheckOptions } from '#gpu-worker/scoring/adapters/adapter-check-messages.ts';
import { fromPortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import type { AdapterDetails } from '#shared/protocol/adapter-details.ts';

const threadEntry = new URL('./adapter-check-thread.ts', import.meta.url);

/** Checks a file against the base model in a thread of its own. The file's memory moves to the thread. Throws ServiceError `invalid_adapter`. */
export async function checkAdapterFile(options: AdapterCheckOptions): Promise<AdapterDetails> {
  const worker = new Worker(threadEntry, { workerData: options, transferList: [options.file] });
  const message = await new Promise<AdapterCheckMessage>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the thread that checks an adapter ended with code ${code}`)));
  });
  if (message.kind === 'refused') throw fromPortableError(message.error);
  return message.details;
}
