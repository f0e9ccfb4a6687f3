import { formatCount } from '#edge/format-count.ts';
import type { UploadHeaders } from '#edge/http/read-upload-headers.ts';
import { putStream } from '#edge/object-store/put-stream.ts';
import { checkArchive } from '#edge/training/datasets/archive/check-archive.ts';
import { DatasetCheck } from '#edge/training/datasets/dataset-check.ts';
import type { DatasetRow, DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { discardAbandoned } from '#edge/training/datasets/discard-abandoned.ts';
import { discardDataset } from '#edge/training/datasets/discard-dataset.ts';
import { repeatedDataset } from '#edge/training/datasets/repeated-dataset.ts';
import { requestInProgress } from '#edge/training/request-in-progress.ts';
import { type TrainingService, trainingBucket } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { datasetObjectKey } from '#shared/object-keys.ts';
import type { DatasetFormat } from '#shared/protocol/dataset.ts';

/** Errors of a transfer that sender or store broke off. */
const tornCodes: readonly string[] = ['request_cancelled', 'adapter_store_unavailable'];

export interface DatasetToReceive extends UploadHeaders {
  readonly tenantId: string;
  readonly name: string;
  readonly format: DatasetFormat;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Streams a dataset to the store and checks it: lines on the way, an archive from there, because its directory comes last. What breaks off or is not valid
 * leaves nothing, at once or by the next sweep. The same request under the same idempotency key answers with the same dataset. Throws ServiceError `invalid_dataset` with the bad lines, `too_many_datasets`,
 * `idempotency_conflict`, `request_in_progress`, `invalid_request` for another digest than stated, and as putStream does.
 */
export async function receiveDataset(
  service: TrainingService,
  store: DatasetStore,
  dataset: DatasetToReceive,
): Promise<DatasetRow> {
  const { s3 } = trainingBucket(service);
  const { idempotencyKey, bytes, signal, statedDigest } = dataset;
  const earlier = idempotencyKey === undefined ? undefined : await store.findByKey(dataset.tenantId, idempotencyKey);
  if (earlier !== undefined && !(await discardAbandoned(service, store, earlier))) {
    return repeatedDataset(service, earlier, dataset);
  }
  const row = await addRow(service, store, dataset);
  const key = datasetObjectKey(row.id);
  const lines = dataset.format === 'jsonl' ? new DatasetCheck() : undefined;
  try {
    const source =
      lines === undefined ? dataset.source : dataset.source.pipeThrough(watch((chunk) => lines.push(chunk)));
    const sha256 = await putStream(s3, { key, source, bytes, signal });
    if (statedDigest !== undefined && statedDigest !== sha256) {
      const message = `The body has SHA-256 ${sha256}, the header Content-Digest states ${statedDigest}`;
      throw new ServiceError('invalid_request', message, { param: 'Content-Digest' });
    }
    const verdict = lines === undefined ? await checkArchive(s3, { key, bytes, signal }) : lines.finish();
    if (verdict.kind === 'invalid') throw new ServiceError('invalid_dataset', verdict.message);
    const settled = await store.settle(row.id, { sha256, facts: verdict.facts });
    if (settled !== undefined) return settled;
    // The sweep took it for one whose sender had gone.
    throw new ServiceError('request_cancelled', 'The upload took too long and was given up; send the dataset again.');
  } catch (error) {
    // Of a transfer that was torn, a store may make an object after it was deleted: the sweep looks once more.
    const torn = error instanceof ServiceError && tornCodes.includes(error.code);
    await discardDataset(service, store, row.id, { keepRow: torn });
    throw error;
  }
}

async function addRow(service: TrainingService, store: DatasetStore, dataset: DatasetToReceive): Promise<DatasetRow> {
  const { tenantId, name, format, bytes, idempotencyKey = null } = dataset;
  const { datasetBytesMax } = service.limits;
  const row: DatasetRow = {
    id: service.newId('ds'),
    tenantId,
    name,
    state: 'receiving',
    format,
    bytes,
    sha256: null,
    facts: null,
    idempotencyKey,
    createdAtMs: service.now(),
  };
  if (await store.add(row, datasetBytesMax)) return row;
  const used = await store.bytesOf(tenantId);
  if (used + bytes <= datasetBytesMax) throw requestInProgress();
  const message = `The tenant has ${formatCount(used)} bytes of datasets; with these ${formatCount(bytes)} it would pass its limit of ${formatCount(datasetBytesMax)}. Delete some first.`;
  throw new ServiceError('too_many_datasets', message);
}

function watch(look: (chunk: Uint8Array) => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform: (chunk, controller) => {
      look(chunk);
      controller.enqueue(chunk);
    },
  });
}
