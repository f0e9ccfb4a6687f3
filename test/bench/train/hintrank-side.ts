import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTraining } from '#gpu-worker/training/open-training.ts';
import { trainingSettingsSchema } from '#gpu-worker/training/settings/training-settings.ts';
import type { PairSequence } from '#gpu-worker/training/steps/pair-sequences.ts';
import { type PlannedStep, planStep } from '#gpu-worker/training/steps/plan-step.ts';
import { runStep, type StepStage } from '#gpu-worker/training/steps/run-step.ts';
import type { TrainingRun } from '#gpu-worker/training/training-run.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';
import { watchPeakMemory } from '#test/bench/memory/watch-peak-memory.ts';
import { serveSide } from '#test/bench/side-process.ts';
import type { StepMeasurement, TokenSequence, TokenStep, TrainedMethod } from '#test/bench/train/training-side.ts';
import { buildTrainingWorkload } from '#test/bench/train/training-workload.ts';

export interface HintrankSetup {
  readonly method: TrainedMethod;
  readonly modelPath: string;
  /** Converted weights and prefixes; the side's documents are its own. */
  readonly cacheFolder: string;
  readonly threads: number;
  /** Steps that will be asked for. */
  readonly steps: number;
  readonly firstNumber: number;
  /** Where the untrained adapter is put, for a peer to start from. */
  readonly adapterPath: string;
}

/** Of the next step: its token ids; the mean NLL of each sequence as the adapter is now, without dropout; the step itself, taken and measured. */
export type HintrankRequest = 'lay-out' | 'check' | 'measure';
export type HintrankReply =
  | { readonly kind: 'laid-out'; readonly step: TokenStep }
  | { readonly kind: 'checked'; readonly meanNll: readonly number[] }
  | ({ readonly kind: 'measured' } & StepMeasurement);

/** Far above what a benchmark's prefixes take; its folder is removed afterwards. */
const prefixBytesMax = 32e9;

const peakMemory = watchPeakMemory();

serveSide<HintrankSetup, HintrankRequest, HintrankReply>(async (setup) => {
  const { method, steps, modelPath, cacheFolder, threads } = setup;
  const settings = trainingSettingsSchema.parse({ method, steps });
  const { run } = await openTraining({
    settings,
    data: await buildTrainingWorkload({
      queries: steps * settings.queriesPerStep,
      negativesPerQuery: settings.negativesPerQuery,
      firstNumber: setup.firstNumber,
    }),
    withTitle: false,
    modelPath,
    cacheFolder,
    threads,
    dataName: 'squad-sample',
    calibration: null,
    withFirstStage: false,
    checkpointPath: join(cacheFolder, 'no.checkpoint'),
    prefixBytesMax,
    onEvent: () => {},
  });
  await writeFile(setup.adapterPath, writeAdapterFile(run.adapter.toAdapterFile(), { storage: 'fp32' }));
  const documentIds = [...run.data.corpus.keys()];
  const next = () => planStep(run.data.train, documentIds, run.adapter.step + 1, settings);
  return {
    description: `${threads} training threads; choosing hints, loss and clipping included`,
    ask: (request) => replies[request](run, next()),
  };
});

const replies: Record<HintrankRequest, (run: TrainingRun, planned: PlannedStep) => Promise<HintrankReply>> = {
  'lay-out': layOut,
  check,
  measure,
};

/** The step's sequences as they are run without gradient and draws. */
function pairsOf(run: TrainingRun, planned: PlannedStep): Promise<PairSequence[]> {
  const { adapter, module, sequences, textsOf } = run;
  return Promise.all(planned.sequences.map((one) => sequences.adapted(textsOf(one), adapter, module, null, false)));
}

async function layOut(run: TrainingRun, planned: PlannedStep): Promise<HintrankReply> {
  const pairs = await pairsOf(run, planned);
  return { kind: 'laid-out', step: { sequences: pairs.map(tokensOf), groups: planned.groups } };
}

async function check(run: TrainingRun, planned: PlannedStep): Promise<HintrankReply> {
  const pairs = await pairsOf(run, planned);
  const results = await run.pool.run(pairs.map(({ task }) => task));
  return { kind: 'checked', meanNll: results.map((result) => result.meanNegativeLogLikelihood) };
}

function tokensOf({ task, input }: PairSequence): TokenSequence {
  if (input === null) throw new Error('a step of hints has a sequence without');
  const { prefixIds, suffix, targetIds } = task;
  const { method: _, ...ids } = input;
  return {
    prefix: prefixIds,
    hints: 'block' in ids ? ids : { query: ids.query, keys: ids.keys, open: ids.open, close: ids.close },
    suffix: suffix.flatMap((part) => ('ids' in part ? part.ids : [])),
    targets: targetIds,
  };
}

/**
 * Three runs of the same sequences: forward with prefixes that are new, forward with the same ones kept, and the training step. The
 * gradient graph goes forward and backward in one run, so the backward pass is what that takes beyond a forward one.
 */
async function measure(run: TrainingRun, planned: PlannedStep): Promise<HintrankReply> {
  const tasks = (await pairsOf(run, planned)).map(({ task }) => task);
  const cold = await milliseconds(() => run.pool.run(tasks));
  const forward = await milliseconds(() => run.pool.run(tasks));
  const stages: Record<StepStage, number> = { hints: 0, sequences: 0, 'hint-gradients': 0, optimiser: 0 };
  const onStage = (stage: StepStage, duration: number) => {
    stages[stage] += duration;
  };
  const { loss } = await runStep({ ...run, onStage }, planned);
  return {
    kind: 'measured',
    loss: loss.value,
    peakBytes: peakMemory(),
    times: {
      prefix: cold - forward,
      hints: stages.hints,
      forward,
      backward: stages.sequences - forward + stages['hint-gradients'],
      optimiser: stages.optimiser,
    },
  };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
