import { join } from 'node:path';
import { type HeldJob, type JobTools, keepTrying } from '#gpu-worker/training-service/held-job.ts';
import { ObjectGoneError } from '#gpu-worker/training-service/objects/job-objects.ts';
import { jobFiles } from '#gpu-worker/training-service/process/training-process-messages.ts';
import type { DatasetFormat } from '#shared/protocol/dataset.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

/** The name of lines stands in messages and ids of queries, and so in the checkpoint's identity: the same on every worker. */
const dataFiles = { jsonl: 'dataset.jsonl', beir: 'dataset.zip' } as const satisfies Record<DatasetFormat, string>;

/**
 * The data set, and the checkpoint where there is one, in the job's folder; returns the data set's path. A checkpoint that is gone only costs its steps.
 * @throws ObjectGoneError when there is no data set any more, or the signal's reason
 */
export async function fetchInputs(job: HeldJob, { objects, pauses, logger }: JobTools): Promise<string> {
  const { lease, folder, over, shutdown, trace } = job;
  const { bytes, format } = lease.dataset;
  const signal = AbortSignal.any([over, shutdown]);
  const path = join(folder, dataFiles[format]);
  await inSpan(trace, 'download dataset', { 'hintrank.bytes': bytes, 'hintrank.format': format }, () =>
    keepTrying(job, pauses, 'data set', () => objects.download(lease.dataset, path, signal), signal),
  );
  const { checkpoint } = lease;
  if (checkpoint === null) return path;
  const target = join(folder, jobFiles.checkpoint);
  try {
    await inSpan(trace, 'download checkpoint', { 'hintrank.bytes': checkpoint.bytes }, () =>
      keepTrying(job, pauses, 'checkpoint', () => objects.download(checkpoint, target, signal), signal),
    );
  } catch (error) {
    if (!(error instanceof ObjectGoneError)) throw error;
    logger.warn({ err: error, jobId: lease.job_id }, 'the training begins anew');
  }
  return path;
}
