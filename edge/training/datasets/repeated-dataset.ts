import { digestStream } from '#edge/object-store/workers-streams.ts';
import type { DatasetRow } from '#edge/training/datasets/dataset-store.ts';
import type { DatasetToReceive } from '#edge/training/datasets/receive-dataset.ts';
import { requestInProgress } from '#edge/training/request-in-progress.ts';
import type { TrainingService } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * The dataset of an earlier request under the same idempotency key, if this one has the same name and bytes; they are read to their end to know. Throws
 * ServiceError `idempotency_conflict`, `request_in_progress`, `request_cancelled`.
 */
export async function repeatedDataset(
  { log }: TrainingService,
  earlier: DatasetRow,
  { name, bytes, source }: DatasetToReceive,
): Promise<DatasetRow> {
  if (earlier.state !== 'ready') throw requestInProgress();
  const same = earlier.name === name && earlier.bytes === bytes;
  const digest = same ? await digestOf(source) : undefined;
  if (digest === earlier.sha256) return earlier;
  await source.cancel().catch(() => undefined);
  log({ level: 'info', event: 'idempotency_conflict', dataset: earlier.id });
  const message = `The Idempotency-Key stood for dataset ${earlier.id}, which has another name or other bytes; use a new key for a new dataset.`;
  throw new ServiceError('idempotency_conflict', message, { param: 'Idempotency-Key' });
}

async function digestOf(source: ReadableStream<Uint8Array>): Promise<string> {
  const stream = digestStream();
  try {
    await source.pipeTo(stream);
  } catch (cause) {
    throw new ServiceError('request_cancelled', undefined, { cause });
  }
  const digest = new Uint8Array(await stream.digest);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
