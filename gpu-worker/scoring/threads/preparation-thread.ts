import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import {
  type PreparationMessage,
  type PreparationOptions,
  toPortableError,
} from '#gpu-worker/scoring/threads/thread-messages.ts';

/** Entry point of the thread that opens and converts a model once, before the scoring threads start: it holds its thread for seconds. */
const port = parentPort;
if (port === null) throw new Error('preparation-thread.ts runs as a worker thread only');
const options = workerData as PreparationOptions;
const send = (message: PreparationMessage) => port.postMessage(message);

try {
  const model = openModel(options.modelPath, { cacheFolder: options.cacheFolder });
  const prepared = prepareModel(model, options.precision, options.cacheFolder, (stage, fraction) =>
    send({ kind: 'progress', stage, fraction }),
  );
  send({
    kind: 'prepared',
    result: {
      prepared,
      modelFingerprint: model.fingerprint,
      tokenizerFingerprint: model.tokenizer?.fingerprint ?? null,
      contextLength: model.config.contextLength,
      hiddenSize: model.config.hiddenSize,
      vocabularySize: model.config.vocabularySize,
      weightsBytes: statSync(join(prepared.folder, prepared.manifest.file)).size,
    },
  });
  model.close();
} catch (error) {
  send({ kind: 'failed', error: toPortableError(error) });
}
