import { Worker } from 'node:worker_threads';
import {
  fromPortableError,
  type PreparationMessage,
  type PreparationOptions,
  type PreparationResult,
} from '#gpu-worker/scoring/threads/thread-messages.ts';

/** Opens and converts a model in a thread of its own, which ends with it. Rejects with what the thread threw. */
export async function runPreparation(
  options: PreparationOptions,
  onProgress: (stage: string, fraction: number) => void,
): Promise<PreparationResult> {
  const worker = new Worker(new URL('./preparation-thread.ts', import.meta.url), { workerData: options });
  return new Promise((resolve, reject) => {
    worker.on('message', (message: PreparationMessage) => {
      if (message.kind === 'progress') onProgress(message.stage, message.fraction);
      else if (message.kind === 'prepared') resolve(message.result);
      else reject(fromPortableError(message.error));
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`the preparation thread ended with code ${code}`)));
  });
}
