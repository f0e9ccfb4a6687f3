import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { EngineSettings } from '#cli/engine/engine-flags.ts';
import { findModel, withEngine } from '#cli/engine/open-engine.ts';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { readStudyData } from '#cli/study/candidates/study-data.ts';
import { measureRows } from '#cli/study/cells/measure-rows.ts';
import type { StudyReport } from '#cli/study/report/study-report.ts';
import type { Study, StudyInputs } from '#cli/study/study.ts';
import { StudyResults } from '#cli/study/study-results.ts';
import { trainAdapters } from '#cli/study/training/train-adapters.ts';
import { resamplesDefault } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';

export interface RunStudyOptions {
  readonly study: Study;
  /** BEIR folder with the splits train and test. */
  readonly data: string;
  /** Where cells are kept; made where it is missing. */
  readonly folder: string;
  readonly inputs: StudyInputs;
  readonly engine: EngineSettings;
  readonly prefixBytesMax: number;
  readonly withTitle: boolean;
  readonly io: CommandIo;
}

/** Of the bootstrap; intervals are the same for the same figures. */
const bootstrapSeed = 1;

/** Trains and measures what the folder does not hold yet, and puts the figures together. The engine is opened once, after the trainings. */
export async function runStudy(options: RunStudyOptions): Promise<StudyReport> {
  const { study, folder, inputs, engine, withTitle, io } = options;
  const data = await readStudyData(options.data, inputs.sizes.testQueries, inputs.runPath);
  for (const part of ['cells', 'adapters']) await mkdir(join(folder, part), { recursive: true });
  const grid = study.grid(inputs);
  const modelPath = resolve(await findModel(engine.model, io));
  const modelFingerprint = fingerprintOf(modelPath);
  const { threads, precision } = engine;
  const { prefixBytesMax } = options;
  const training = { folder, modelPath, threads, prefixBytesMax, withTitle, io, modelFingerprint };
  const adapters = await trainAdapters(grid, { ...training, study, data: options.data, inputs });
  io.signal.throwIfAborted();
  const { rows, sets } = await measureRows(grid, {
    data,
    sizes: inputs.sizes,
    folder,
    queries: data.queries,
    modelFingerprint,
    precision,
    withTitle,
    adapters,
    io,
    withEngine: (use) => withEngine(engine, io, use),
  });
  return {
    study,
    inputs,
    data: basename(resolve(options.data)),
    model: basename(modelPath),
    modelFingerprint,
    precision,
    sets,
    results: new StudyResults(grid, rows, { seed: bootstrapSeed, resamples: resamplesDefault }),
  };
}

function fingerprintOf(modelPath: string): string {
  const model = openModel(modelPath, { cacheFolder: convertedWeightsFolder });
  try {
    return model.fingerprint;
  } finally {
    model.close();
  }
}
