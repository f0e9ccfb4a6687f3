import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { chooseDevice } from '#gpu-worker/engine/choose-device.ts';
import { readProcessor } from '#gpu-worker/engine/read-processor.ts';
import { linearParameters } from '#gpu-worker/language-model/linear-parameters.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { processMemoryBytes } from '#gpu-worker/scoring/prefix-cache/process-memory-bytes.ts';
import { choosePrecision } from '#gpu-worker/scoring/prepared-model/choose-precision.ts';
import { packWeights } from '#gpu-worker/scoring/prepared-model/pack-weights.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import {
  type PreparationMessage,
  type PreparationOptions,
  toPortableError,
} from '#gpu-worker/scoring/threads/thread-messages.ts';

/** Entry point of the thread that chooses device and precision, and opens and converts a model once, before the scoring threads start: it holds its thread for seconds. */
const port = parentPort;
if (port === null) throw new Error('preparation-thread.ts runs as a worker thread only');
const options = workerData as PreparationOptions;
const send = (message: PreparationMessage) => port.postMessage(message);

try {
  const model = openModel(options.modelPath, { cacheFolder: options.cacheFolder });
  const device = await chooseDevice(options.device ?? 'cpu');
  const { precision, reason: precisionReason } = choosePrecision(options.precision, {
    device,
    processor: readProcessor(),
    fp32Bytes: Float32Array.BYTES_PER_ELEMENT * linearParameters(model.config),
    memoryBytes: processMemoryBytes(),
  });
  const onProgress = (stage: string, fraction: number) => send({ kind: 'progress', stage, fraction });
  const converted = prepareModel(model, precision, options.cacheFolder, onProgress);
  const prepared = device === 'cpu' ? await packWeights(converted, onProgress) : converted;
  send({
    kind: 'prepared',
    result: {
      prepared,
      precision,
      precisionReason,
      device,
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
