import { createHash, randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { streamBytes } from '#cli/adapters/stream-bytes.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { type Connection, findConnection } from '#cli/api-client/connection.ts';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { type Bm25Arguments, parseBm25Flags } from '#cli/engine/bm25-flags.ts';
import { reportDataProblems } from '#cli/engine/report-data-problems.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { parseTrainingSettings } from '#cli/engine/training-flags.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { encodeDatasetFiles, encodeTrainingData } from '#cli/training-jobs/encode-dataset.ts';
import { parseRemoteTraining } from '#cli/training-jobs/remote-training-flags.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { watchJob } from '#cli/training-jobs/watch-job.ts';
import { type DatasetResponse, datasetSchema } from '#shared/protocol/dataset.ts';
import { trainingJobSchema } from '#shared/protocol/training-job.ts';

export interface RemoteTrainingArguments extends Bm25Arguments {
  readonly data: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
  readonly 'train-queries'?: string | undefined;
  readonly 'with-title'?: boolean | undefined;
  readonly url?: string | undefined;
  readonly detach?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const kilobyte = 1_000;

/** `hintrank train --remote`: uploads the data, makes the job, follows it, and prints what came of it. Throws an Error with one sentence when the job has failed. */
export async function trainRemotely(args: RemoteTrainingArguments, io: CommandIo): Promise<void> {
  const request = parseRemoteTraining({ ...args });
  const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
  const bytes = await encodeData(args, io);
  const dataset = await uploadDataset(connection, { bytes, name: basename(resolve(args.data)).slice(0, 100) }, io);
  for (const warning of dataset.warnings) io.stderr.write(`warning: ${warning}.\n`);
  const job = await callApi(connection, {
    method: 'POST',
    path: '/v1/training-jobs',
    body: { dataset: dataset.id, ...request },
    headers: { 'idempotency-key': randomUUID() },
    schema: trainingJobSchema,
    signal: io.signal,
  });
  io.stderr.write(
    `job ${job.id} on dataset ${dataset.id}${job.position === null ? '' : `, place ${job.position} in the queue`}\n`,
  );
  const ended = args.detach === true ? job : await watchJob(connection, job.id, io);
  if (ended === undefined) return;
  await io.print(args.json === true ? `${JSON.stringify(ended, null, 2)}\n` : renderJob(ended));
  if (ended.error !== null) throw new Error(`Training job ${ended.id} failed: ${ended.error.message}`);
}

async function encodeData(args: RemoteTrainingArguments, io: CommandIo): Promise<Uint8Array> {
  const { data: path, dev, test, 'train-queries': trainQueries } = args;
  if (!(await stat(path)).isDirectory()) return encodeDatasetFiles({ train: path, dev, test });
  const { readTrainingData } = await import('#gpu-worker/training/data/read-training-data.ts');
  const { data, problems } = await readTrainingData({
    path,
    seed: parseTrainingSettings({ ...args }).seed,
    bm25: parseBm25Flags(args),
    ...(trainQueries === undefined
      ? {}
      : { trainQueriesMax: parseInteger('train-queries', trainQueries, 1, 1_000_000) }),
  });
  reportDataProblems(path, problems, io);
  return encodeTrainingData(data, args['with-title'] === true);
}

interface DatasetToUpload {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** The same bytes under the same name are uploaded once, however often the command is run. */
async function uploadDataset(
  connection: Connection,
  { bytes, name }: DatasetToUpload,
  io: CommandIo,
): Promise<DatasetResponse> {
  const digest = createHash('sha256').update(name).update('\0').update(bytes).digest('hex');
  const bar = createProgressBar(io, 'uploading, kB', true);
  const onSent = (sent: number) => bar.update(Math.floor(sent / kilobyte), Math.ceil(bytes.length / kilobyte));
  return callApi(connection, {
    method: 'POST',
    path: `/v1/datasets?name=${encodeURIComponent(name)}`,
    file: { stream: streamBytes(bytes, onSent), bytes: bytes.length },
    headers: { 'idempotency-key': `train-${digest}` },
    schema: datasetSchema,
    signal: io.signal,
  }).finally(() => bar.stop());
}
