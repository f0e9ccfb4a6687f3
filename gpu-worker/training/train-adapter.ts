import {
  type Checkpoint,
  type DevPoint,
  type LossPoint,
  readCheckpoint,
  writeCheckpoint,
} from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import { keepsUp } from '#gpu-worker/training/dev/keeps-up.ts';
import { lookAtDev, lookAtDevQueries } from '#gpu-worker/training/dev/look-at-dev.ts';
import { lookMetric, lookValues } from '#gpu-worker/training/dev/measure-dev.ts';
import { type AdapterJudgement, judgeAdapter } from '#gpu-worker/training/judge-adapter.ts';
import type { PairSequence, PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import { type PlannedStep, planStep } from '#gpu-worker/training/steps/plan-step.ts';
import { runStep } from '#gpu-worker/training/steps/run-step.ts';
import { trainingFault } from '#gpu-worker/training/training-fault.ts';
import type { TrainingRun } from '#gpu-worker/training/training-run.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { type AdapterStorage, writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

export interface TrainingOutcome extends AdapterJudgement {
  /** The adapter that was kept, as a file: the one that was looked at, rounded as it is stored. */
  readonly file: Uint8Array;
  readonly storage: AdapterStorage;
  readonly keptStep: number;
  readonly losses: readonly LossPoint[];
  readonly dev: readonly DevPoint[];
}

/**
 * Trains until the steps are done or the dev metric has not risen for `patience` looks; keeps the last adapter that is as good as the best one by what the
 * dev queries can tell (or, by choice, the best, or the last). Goes on from the checkpoint where there is one. What fails (a number that is not finite, a thread that died) is named with what can be gone on from.
 */
export async function trainAdapter(run: TrainingRun): Promise<TrainingOutcome> {
  const { settings, adapter, onEvent } = run;
  const progress = await startProgress(run);
  await savingWhenStopped(run, progress, () => takeSteps(run, progress));
  if (adapter.step < settings.steps) onEvent({ kind: 'stopped-early', step: adapter.step });
  const { losses, kept, base } = progress;
  const queryLogLikelihoods = await naming(run, 'at the look at the dev queries without a document', progress, () =>
    lookAtDevQueries(run.dev, run.pool, run.sequences),
  );
  return {
    file: kept.file,
    storage: run.storage,
    keptStep: kept.point.step,
    losses,
    dev: progress.dev,
    ...judgeAdapter(run.dev, { adapter: kept.scores, base, queryLogLikelihoods }, run.blend, settings.seed),
  };
}

/** Steps and looks, from wherever the run stands: a checkpoint may come from between two looks, and from a step whose look was broken off. */
async function takeSteps(run: TrainingRun, progress: Progress): Promise<void> {
  const { settings, adapter, onEvent } = run;
  const documentIds = [...run.data.corpus.keys()];
  for (;;) {
    if (lookIsDue(run, progress)) {
      recordLook(run, progress, await lookAtAdapter(run, progress));
      save(run, progress);
    }
    if (adapter.step >= settings.steps || looksWithoutGain(run, progress) >= settings.patience) return;
    run.signal?.throwIfAborted();
    const planned = planStep(run.data.train, documentIds, adapter.step + 1, settings);
    const where = `in step ${adapter.step + 1} (queries ${queryIdsOf(planned)})`;
    const { loss, tokens } = await naming(run, where, progress, () => runStep(run, planned));
    progress.losses.push({ step: adapter.step, loss: loss.value, positiveNll: loss.pointwise, tokens });
    onEvent({ kind: 'step', step: adapter.step, steps: settings.steps, loss: loss.value, tokens });
  }
}

function lookIsDue({ settings, adapter }: TrainingRun, { dev }: Progress): boolean {
  const due = adapter.step % settings.evaluateEvery === 0 || adapter.step === settings.steps;
  return due && (dev.at(-1)?.step ?? 0) < adapter.step;
}

function save(run: TrainingRun, progress: Progress): void {
  writeCheckpoint(run.checkpointPath, run.identity, { ...progress, adapter: run.adapter.pack() });
  progress.savedStep = run.adapter.step;
  run.onEvent({ kind: 'checkpoint', step: progress.savedStep });
}

/** A run that is stopped on purpose keeps every step that it has done. */
async function savingWhenStopped(run: TrainingRun, progress: Progress, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (run.signal?.aborted === true && progress.savedStep !== run.adapter.step) save(run, progress);
    throw error;
  }
}

interface Progress {
  readonly losses: LossPoint[];
  readonly dev: DevPoint[];
  /** The base model's look: mean log-likelihoods [pairs]. */
  readonly base: Float64Array;
  kept: Checkpoint['kept'];
  highest: Checkpoint['highest'];
  /** Step of the checkpoint that is on disk; null where there is none. */
  savedStep: number | null;
}

/** The checkpoint's, or after a look at the base model and one at the untrained adapter: if no step improves on it, it is the best. */
async function startProgress(run: TrainingRun): Promise<Progress> {
  const saved = readCheckpoint(run.checkpointPath, run.identity);
  if (saved !== null) {
    run.adapter.restore(saved.adapter);
    const tokens = saved.losses.reduce((sum, point) => sum + point.tokens, 0);
    run.onEvent({ kind: 'resumed', step: run.adapter.step, tokens });
    run.onEvent({ kind: 'base', metric: lookMetric(run.dev, saved.base) });
    const { base, kept, highest } = saved;
    return { losses: [...saved.losses], dev: [...saved.dev], base, kept, highest, savedStep: run.adapter.step };
  }
  const base = await look(run, 'with the base model', null, async (texts) => run.sequences.base(texts));
  run.onEvent({ kind: 'base', metric: lookMetric(run.dev, base) });
  const { scores, file } = await lookAtAdapter(run, null);
  const point = pointOf(run, scores);
  run.onEvent({ kind: 'dev', ...point, best: true });
  const untrained = { point, scores, file };
  return { losses: [], dev: [point], base, kept: untrained, highest: untrained, savedStep: null };
}

function recordLook(run: TrainingRun, progress: Progress, { scores, file }: AdapterLook): void {
  const point = pointOf(run, scores);
  const best = point.metric > progress.highest.point.metric;
  progress.dev.push(point);
  if (best) progress.highest = { point, scores };
  if (best || isKept(run, progress.highest, scores)) progress.kept = { point, scores, file };
  run.onEvent({ kind: 'dev', ...point, best });
}

/** Whether a look that is not the highest is kept all the same. An adapter that nothing was gained by training of stays the untrained one. */
function isKept({ dev, settings }: TrainingRun, highest: Progress['highest'], scores: Float64Array): boolean {
  if (settings.keep !== 'one-standard-error') return settings.keep === 'last';
  return highest.point.step > 0 && keepsUp(lookValues(dev, scores), lookValues(dev, highest.scores));
}

/** Without end where the last adapter is wanted. */
function looksWithoutGain({ settings }: TrainingRun, { dev, highest }: Progress): number {
  return settings.keep === 'last' ? 0 : dev.filter((point) => point.step > highest.point.step).length;
}

function pointOf(run: TrainingRun, scores: Float64Array): DevPoint {
  return { step: run.adapter.step, metric: lookMetric(run.dev, scores) };
}

interface AdapterLook {
  /** Mean log-likelihoods of the dev pairs: float64 [pairs]. */
  readonly scores: Float64Array;
  /** The adapter that they are of. */
  readonly file: Uint8Array;
}

/** Looks with the adapter as its file has it: what is judged is what will be served. Rounding to fp16 alone has moved the relevant document of one dev query in a hundred by two places. */
async function lookAtAdapter(run: TrainingRun, progress: Progress | null): Promise<AdapterLook> {
  const { adapter, module, sequences, storage } = run;
  const when = `after step ${adapter.step}`;
  const file = await naming(run, `while the adapter ${when} was written`, progress, async () =>
    writeAdapterFile(adapter.toAdapterFile(), { storage }),
  );
  const stored = adapter.beside(parseAdapterFile(file));
  const scores = await look(run, when, progress, (texts) => sequences.adapted(texts, stored, module, null, false));
  return { scores, file };
}

function look(
  run: TrainingRun,
  when: string,
  progress: Progress | null,
  sequenceOf: (texts: PairTexts) => Promise<PairSequence>,
): Promise<Float64Array> {
  const onProgress = (fraction: number) => {
    run.signal?.throwIfAborted();
    run.onEvent({ kind: 'dev-progress', fraction });
  };
  run.onEvent({ kind: 'look' });
  return naming(run, `at the look at the dev queries ${when}`, progress, () =>
    lookAtDev(run.dev, run.pool, sequenceOf, onProgress),
  );
}

/** Does `work`; what it throws names the place and the checkpoint, unless the run was stopped on purpose. */
async function naming<Result>(
  run: TrainingRun,
  where: string,
  progress: Progress | null,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    run.signal?.throwIfAborted();
    throw trainingFault(where, error, { step: progress?.savedStep ?? 0, path: run.checkpointPath });
  }
}

function queryIdsOf(planned: PlannedStep): string {
  return [...new Set(planned.sequences.map(({ example }) => `"${example.queryId}"`))].join(', ');
}
