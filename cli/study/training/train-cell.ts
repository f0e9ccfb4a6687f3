import { mkdirSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { createTrainingProgress } from '#cli/output/training-progress.ts';
import type { PlannedTraining } from '#cli/study/training/plan-training.ts';
import { finishAdapter } from '#gpu-worker/training/adapter/finish-adapter.ts';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import { trainAdapter } from '#gpu-worker/training/train-adapter.ts';

export interface TrainCellOptions {
  /** BEIR folder. */
  readonly data: string;
  /** The study's folder; adapters lie in `adapters/DIGEST.safetensors`. */
  readonly folder: string;
  readonly modelPath: string;
  readonly threads: number;
  /** Disk for prefixes, which all trainings of a study share. */
  readonly prefixBytesMax: number;
  readonly withTitle: boolean;
  readonly io: CommandIo;
}

/** The adapter of a training that is done, or null. */
export async function readTrainedCell(folder: string, digest: string): Promise<Uint8Array | null> {
  return readFile(adapterPath(folder, digest)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
}

/** Trains as `hintrank train` does, with a checkpoint beside the adapter: a killed study goes on inside a training. */
export async function trainCell({ digest, settings, data }: PlannedTraining, options: TrainCellOptions): Promise<void> {
  const { folder, modelPath, threads, prefixBytesMax, withTitle, io } = options;
  const dataName = basename(resolve(options.data));
  const path = adapterPath(folder, digest);
  mkdirSync(join(folder, 'adapters'), { recursive: true });
  const checkpointPath = `${path}.checkpoint`;
  const progress = createTrainingProgress(io);
  const { run, close } = await openTraining({
    settings,
    data,
    dataName,
    calibration: null,
    withFirstStage: false,
    withTitle,
    modelPath,
    cacheFolder: convertedWeightsFolder,
    threads,
    checkpointPath,
    prefixBytesMax,
    onEvent: progress.onEvent,
    signal: io.signal,
  });
  try {
    const outcome = await trainAdapter(run).finally(() => progress.stop());
    const temporary = `${path}.${process.pid}.tmp`;
    await writeFile(temporary, finishAdapter(outcome, { settings, data, dataName }).file, { flush: true });
    await rename(temporary, path);
    await rm(checkpointPath, { force: true });
  } finally {
    await close();
  }
}

function adapterPath(folder: string, digest: string): string {
  return join(folder, 'adapters', `${digest}.safetensors`);
}
