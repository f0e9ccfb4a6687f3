import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { defineCommand } from 'citty';
import { connectionFlags } from '#cli/api-client/connection.ts';
import { type CommandIo, commandIo } from '#cli/command-line/command-io.ts';
import { parseChoice, parseInteger } from '#cli/command-line/parse-values.ts';
import { UsageError } from '#cli/command-line/usage-error.ts';
import { type Bm25Arguments, parseBm25Flags } from '#cli/engine/bm25-flags.ts';
import { engineFlags, parseEngineFlags } from '#cli/engine/engine-flags.ts';
import { findModel } from '#cli/engine/open-engine.ts';
import { reportDataProblems } from '#cli/engine/report-data-problems.ts';
import { convertedWeightsFolder } from '#cli/engine/state-folder.ts';
import { parseTrainingSettings, trainingFlags } from '#cli/engine/training-flags.ts';
import { renderTraining } from '#cli/output/render-training.ts';
import { createTrainingProgress } from '#cli/output/training-progress.ts';
import { refuseRemoteFlags, remoteTrainingFlags } from '#cli/training-jobs/remote-training-flags.ts';
import { trainRemotely } from '#cli/training-jobs/train-remotely.ts';
import { readCalibrationFile } from '#gpu-worker/calibration/read-calibration-file.ts';
import { checkOutputPath } from '#gpu-worker/files/check-output-path.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';

const { model, threads } = engineFlags;

const remoteFlags = {
  remote: { type: 'boolean', description: 'Train as a job of the API instead of on this machine, and follow it.' },
  ...remoteTrainingFlags,
  ...connectionFlags,
} as const;

export const trainCommand = defineCommand({
  meta: {
    name: 'train',
    description:
      'Train a Q-PEFT adapter from judged queries; the frozen model stays as it is. Says whether the adapter ranks the dev queries better than the base model',
  },
  args: { ...trainingFlags, model, threads, ...remoteFlags },
  async run(context) {
    const { args } = context;
    const io = commandIo(context);
    if (args.remote === true) return trainRemotely(args, io);
    refuseRemoteFlags(args);
    const { output } = args;
    if (output === undefined) throw new UsageError('Name the adapter file: --output FILE.');
    const settings = parseTrainingSettings(args);
    const { threads: threadCount } = parseEngineFlags({ precision: 'fp32', threads: args.threads });
    const storage = parseChoice('storage', args.storage, ['fp16', 'fp32']);
    await checkOutputPath(resolve(output));
    const calibration = args.calibration === undefined ? null : await readCalibrationFile(args.calibration);
    const dataName = basename(resolve(args.data));
    const data = await readData(args, settings.seed, io);
    // Imported here, so that --help and a wrong flag never wait for the native library and the plots.
    const [{ openTraining }, { trainAdapter }, { finishAdapter }, { renderTrainingHtml }] = await Promise.all([
      import('#gpu-worker/training/open-training.ts'),
      import('#gpu-worker/training/train-adapter.ts'),
      import('#gpu-worker/training/adapter/finish-adapter.ts'),
      import('#gpu-worker/training/report/render-training-html.ts'),
    ]);
    const progress = createTrainingProgress(io);
    const { run, close } = await openTraining({
      settings,
      data,
      withTitle: args['with-title'] === true,
      modelPath: resolve(await findModel(args.model, io)),
      cacheFolder: convertedWeightsFolder,
      threads: threadCount,
      dataName,
      calibration,
      withFirstStage: args['with-first-stage'] === true,
      storage,
      checkpointPath: `${resolve(output)}.checkpoint`,
      prefixBytesMax: parseInteger('prefix-cache-gb', args['prefix-cache-gb'], 0, 10_000) * 1e9,
      onEvent: progress.onEvent,
      signal: io.signal,
    });
    try {
      const outcome = await trainAdapter(run).finally(() => progress.stop());
      const { file, report } = finishAdapter(outcome, { settings, data, dataName });
      const json = `${JSON.stringify(report, null, 2)}\n`;
      await finishAdapterFiles(output, { file, json, html: renderTrainingHtml(report) });
      await io.print(args.json === true ? json : renderTraining(report, output));
    } finally {
      await close();
    }
  },
});

/** Adapter, reports beside it; the checkpoint has done its work. */
async function finishAdapterFiles(
  output: string,
  { file, json, html }: { readonly file: Uint8Array; readonly json: string; readonly html: string },
): Promise<void> {
  const temporary = `${output}.${process.pid}.tmp`;
  await writeFile(temporary, file, { flush: true });
  await rename(temporary, output);
  await writeFile(`${output}.report.json`, json);
  await writeFile(`${output}.report.html`, html);
  await rm(`${output}.checkpoint`, { force: true });
}

interface DataArguments extends Bm25Arguments {
  readonly data: string;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
  readonly 'train-queries'?: string | undefined;
}

/** Reads the data and says what is wrong with it on standard error; errors end the command before the first step. */
async function readData(args: DataArguments, seed: number, io: CommandIo): Promise<TrainingData> {
  const { readTrainingData } = await import('#gpu-worker/training/data/read-training-data.ts');
  const trainQueries = args['train-queries'];
  const { data, problems } = await readTrainingData({
    path: args.data,
    seed,
    bm25: parseBm25Flags(args),
    ...(args.dev === undefined ? {} : { devPath: args.dev }),
    ...(args.test === undefined ? {} : { testPath: args.test }),
    ...(trainQueries === undefined
      ? {}
      : { trainQueriesMax: parseInteger('train-queries', trainQueries, 1, 1_000_000) }),
  });
  reportDataProblems(args.data, problems, io);
  if (data.train.length === 0) throw new UsageError(`${args.data} has no training queries.`);
  return data;
}
