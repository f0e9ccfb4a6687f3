import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { openGgufModel } from '#gpu-worker/language-model/open-gguf-model.ts';
import { openModelFolder } from '#gpu-worker/language-model/open-model-folder.ts';
import type { AdapterCheckMessage, AdapterCheckOptions } from '#gpu-worker/scoring/adapters/adapter-check-messages.ts';
import { describeAdapter } from '#gpu-worker/scoring/adapters/describe-adapter.ts';
import { toPortableError } from '#gpu-worker/scoring/threads/thread-messages.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { validateAdapterAgainstModel } from '#shared/adapter-file/validate-adapter-against-model.ts';

/**
 * Entry point of the thread that checks one uploaded adapter and ends: every value of a file of hundreds of megabytes is looked at, which
 * would stop the main thread for seconds.
 */
const port = parentPort;
if (port === null) throw new Error('adapter-check-thread.ts runs as a worker thread only');
const options = workerData as AdapterCheckOptions;
const send = (message: AdapterCheckMessage) => port.postMessage(message);

try {
  const adapter = parseAdapterFile(new Uint8Array(options.file));
  const { modelFingerprint, tokenizerFingerprint } = options;
  validateAdapterAgainstModel(adapter, {
    ...readModelSizes(options.modelPath),
    modelFingerprint,
    tokenizerFingerprint,
  });
  send({ kind: 'valid', details: describeAdapter(adapter) });
} catch (error) {
  send({ kind: 'refused', error: toPortableError(error) });
}

function readModelSizes(path: string): { hiddenSize: number; vocabularySize: number } {
  const { config, stored } = statSync(path).isDirectory() ? openModelFolder(path) : openGgufModel(path);
  stored.close();
  return config;
}
