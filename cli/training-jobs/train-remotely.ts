import { createHash, randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { streamBytes } from '#cli/adapters/stream-bytes.ts';
import { callApi } from '#cli/api-client/call-api.ts';
import { type Connection, findConnection } from '#cli/api-client/connection.ts';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { type Bm25Arguments, parseBm25Flags } from '#cli/engine/bm25-flags.ts';
import { reportDataProblems } from '#cli/engine/report-data-problems.ts';
import { stateFolder } from '#cli/engine/state-folder.ts';
import { parseTrainingSettings } from '#cli/engine/training-flags.ts';
import { createProgressBar } from '#cli/output/progress-bar.ts';
import { encodeDatasetFiles, encodeTrainingData } from '#cli/training-jobs/encode-dataset.ts';
import { parseRemoteTraining } from '#cli/training-jobs/remote-training-flags.ts';
import { renderJob } from '#cli/training-jobs/render-job.ts';
import { watchJob } from '#cli/training-jobs/watch-job.ts';
import { bm25Defaults } from '#gpu-worker/evaluation/first-stage/bm25-parameters.ts';
import { limits } from '#shared/limits.ts';
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

const archiveName = /\.zip$/i;

/** `hintrank train --remote`: uploads the data, makes the job, follows it, and prints what came of it. Throws an Error with one sentence when the job has failed. */
export async function trainRemotely(args: RemoteTrainingArguments, io: CommandIo): Promise<void> {
  const request = parseRemoteTraining({ ...args });
  const connection = await findConnection({ url: args.url, variables: process.env, stateFolder });
  const dataset = await uploadDataset(connection, await readDataset(args, io), io);
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

interface DatasetToUpload {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly name: string;
}

async function readDataset(args: RemoteTrainingArguments, io: CommandIo): Promise<DatasetToUpload> {
  const name = basename(resolve(args.data));
  if (archiveName.test(name) && (await stat(args.data)).isFile()) {
    const archive = { bytes: await readArchive(args), mediaType: 'application/zip' };
    // That of the folder in it, so that the job's adapter is that of a local run on the folder.
    return { ...archive, name: name.replace(archiveName, '').slice(0, limits.datasetNameCharactersMax) };
  }
  const bytes = await encodeData(args, io);
  return { bytes, mediaType: 'application/jsonl', name: name.slice(0, limits.datasetNameCharactersMax) };
}

/** Flags that say how files are made into lines; an archive goes as it is. */
const encodingFlags = ['dev', 'test', 'train-queries', 'with-title', 'bm25-k1', 'bm25-b', 'bm25-stemming'] as const;

function readArchive(args: RemoteTrainingArguments): Promise<Uint8Array> {
  const unsaid: readonly unknown[] = [undefined, String(bm25Defaults.k1), String(bm25Defaults.b)];
  const flag = encodingFlags.find((name) => !unsaid.includes(args[name]));
  if (flag === undefined) return readFile(args.data);
  throw new UsageError(`--${flag} is not for an archive, which is sent as it is; name the folder instead.`);
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

/** The same bytes under the same name are uploaded once, however often the command is run. */
async function uploadDataset(
  connection: Connection,
  { bytes, mediaType, name }: DatasetToUpload,
  io: CommandIo,
): Promise<DatasetResponse> {
  const digest = createHash('sha256').update(name).update('\0').update(bytes).digest('hex');
  const bar = createProgressBar(io, 'uploading, kB', true);
  const onSent = (sent: number) => bar.update(Math.floor(sent / kilobyte), Math.ceil(bytes.length / kilobyte));
  return callApi(connection, {
    method: 'POST',
    path: `/v1/datasets?name=${encodeURIComponent(name)}`,
    file: { stream: streamBytes(bytes, onSent), bytes: bytes.length, mediaType },
    headers: { 'idempotency-key': `train-${digest}` },
    schema: datasetSchema,
    signal: io.signal,
  }).finally(() => bar.stop());
}
