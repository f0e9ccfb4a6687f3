import { rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readCalibrationFile } from '#gpu-worker/calibration/read-calibration-file.ts';
import { resolveModelPath } from '#gpu-worker/model-store/resolve-model-path.ts';
import { finishAdapter } from '#gpu-worker/training/adapter/finish-adapter.ts';
import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import { readCheckpoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import { readTrainingData } from '#gpu-worker/training/data/read-training-data.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import { renderTrainingHtml } from '#gpu-worker/training/report/render-training-html.ts';
import { trainAdapter } from '#gpu-worker/training/train-adapter.ts';
import type { TrainingEvent, TrainingRun } from '#gpu-worker/training/training-run.ts';
import { createPace } from '#gpu-worker/training-service/process/create-pace.ts';
import { jobFiles, type TrainingProcessJob } from '#gpu-worker/training-service/process/training-process-messages.ts';
import { BrokenArchiveError, unpackBeirArchive } from '#gpu-worker/training-service/process/unpack-beir-archive.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Nothing can be trained on the data; the message has every error with its places. */
export class UnusableDatasetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableDatasetError';
  }
}

/**
 * Trains as `hintrank train` does, from the checkpoint in the job's folder where there is one, and leaves adapter and reports there.
 * @throws UnusableDatasetError, ServiceError `invalid_request` for settings that the model cannot be trained with, the signal's reason, or what `trainAdapter` throws
 */
export async function performTraining(
  job: TrainingProcessJob,
  onEvent: (event: TrainingEvent) => void,
  signal: AbortSignal,
): Promise<TrainingReport> {
  const { settings, dataName, folder, share } = job;
  const pace = createPace({ share, cores: availableParallelism(), signal });
  const data = await readData(job);
  await pace();
  signal.throwIfAborted();
  const { run, close } = await openTraining({
    settings,
    data,
    withTitle: false,
    modelPath: await resolveModelPath(job.model),
    cacheFolder: job.cacheFolder,
    threads: job.threads,
    dataName,
    calibration: await readConstants(job.calibrationPath),
    withFirstStage: false,
    checkpointPath: join(folder, jobFiles.checkpoint),
    prefixFolder: job.prefixFolder,
    prefixBytesMax: job.prefixBytesMax,
    onEvent,
    signal,
    pace,
  });
  try {
    discardForeignCheckpoint(run);
    const outcome = await trainAdapter(run);
    await pace();
    const { file, report } = finishAdapter(outcome, { settings, data, dataName });
    await writeResult(join(folder, jobFiles.reportJson), `${JSON.stringify(report, null, 2)}\n`);
    await writeResult(join(folder, jobFiles.reportHtml), renderTrainingHtml(report));
    await writeResult(join(folder, jobFiles.adapter), file);
    return report;
  } finally {
    await close();
  }
}

async function readData(job: TrainingProcessJob): Promise<TrainingData> {
  const { settings, dataName } = job;
  const { data, problems } = await readTrainingData({ path: await unpackData(job), seed: settings.seed });
  const errors = problems.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  if (errors.length > 0)
    throw new UnusableDatasetError(`Nothing can be trained on data set "${dataName}": ${errors.join(' ')}`);
  return data;
}

/** Where the data lies as `hintrank train` reads it: the file, or the folder that was in the archive. */
async function unpackData({ dataPath, dataFormat, dataName, folder }: TrainingProcessJob): Promise<string> {
  if (dataFormat === 'jsonl') return dataPath;
  const target = join(folder, jobFiles.dataset);
  await unpackBeirArchive(dataPath, target).catch((error: unknown) => {
    if (!(error instanceof BrokenArchiveError)) throw error;
    throw new UnusableDatasetError(`Nothing can be trained on data set "${dataName}": ${error.message}.`);
  });
  return target;
}

/** What is wrong with this file is the worker's fault, not the job's. */
async function readConstants(path: string | undefined): Promise<Calibration | null> {
  if (path === undefined) return null;
  return readCalibrationFile(path).catch((cause: unknown) => {
    throw new Error('the calibration of the base model cannot be read', { cause });
  });
}

/** One that another version of the worker wrote, with other defaults or another model, is no use: the run begins anew. */
function discardForeignCheckpoint({ checkpointPath, identity }: TrainingRun): void {
  try {
    readCheckpoint(checkpointPath, identity);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    rmSync(checkpointPath, { force: true });
  }
}

async function writeResult(path: string, contents: string | Uint8Array): Promise<void> {
  await writeFile(`${path}.tmp`, contents, { flush: true });
  await rename(`${path}.tmp`, path);
}
