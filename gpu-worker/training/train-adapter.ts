import { compareMeasures, type MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { MeasuredRun } from '#gpu-worker/evaluation/measure-run.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { resamplesDefault } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import {
  type Checkpoint,
  type DevPoint,
  type LossPoint,
  readCheckpoint,
  writeCheckpoint,
} from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { type DevSet, evaluateDev } from '#gpu-worker/training/steps/evaluate-dev.ts';
import { type PlannedStep, planStep } from '#gpu-worker/training/steps/plan-step.ts';
import { runStep, type StepContext } from '#gpu-worker/training/steps/run-step.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

/** What a run reports while it goes on. */
export type TrainingEvent =
  | { readonly kind: 'resumed'; readonly step: number }
  | { readonly kind: 'dev-progress'; readonly fraction: number }
  | { readonly kind: 'base'; readonly metric: number }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly tokens: number;
    }
  | { readonly kind: 'dev'; readonly step: number; readonly metric: number; readonly best: boolean }
  | { readonly kind: 'stopped-early'; readonly step: number };

export interface TrainingRun extends StepContext {
  readonly data: TrainingData;
  readonly dev: DevSet;
  /** An adapter file as a module that can be run. */
  readonly reopen: (file: Uint8Array) => TrainedAdapter;
  /** Where the checkpoint is kept; it is read first. */
  readonly checkpointPath: string;
  /** Digest of settings, model and data. */
  readonly identity: string;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
}

export interface TrainingOutcome {
  /** The best adapter by the dev metric, as a file (fp32). */
  readonly file: Uint8Array;
  readonly bestStep: number;
  readonly losses: readonly LossPoint[];
  readonly dev: readonly DevPoint[];
  /** Dev metrics of the base model. */
  readonly base: MeasuredRun;
  /** The best adapter against the base model on the dev queries. */
  readonly against: readonly MetricComparison[];
  readonly better: boolean;
}

/**
 * Trains until the steps are done or the dev metric has not risen for `patience` looks; keeps the best. Goes on from the checkpoint where
 * there is one. The adapter counts as better only when the whole 95 % interval of its gain in nDCG@10 over the base model lies above zero.
 */
export async function trainAdapter(run: TrainingRun): Promise<TrainingOutcome> {
  const { settings, adapter, onEvent, dev, pool, sequences } = run;
  const look = async (): Promise<MeasuredRun> =>
    evaluateDev(dev, pool, (texts) => sequences.adapted(texts, adapter, run.module, null, false), devProgress(run));
  const base = await evaluateDev(dev, pool, async (texts) => sequences.base(texts), devProgress(run));
  onEvent({ kind: 'base', metric: metricOf(base) });

  const saved = readCheckpoint(run.checkpointPath, run.identity);
  const progress = startOf(run, saved);
  if (saved === null) recordLook(run, progress, metricOf(await look()));
  const documentIds = [...run.data.corpus.keys()];
  while (adapter.step < settings.steps && looksWithoutGain(progress) < settings.patience) {
    run.signal?.throwIfAborted();
    const planned = planStep(run.data.train, documentIds, adapter.step + 1, settings);
    const { loss, tokens } = await runStep(run, planned).catch((error: unknown) => {
      run.signal?.throwIfAborted();
      throw stepFault(run, planned, progress, error);
    });
    progress.losses.push({ step: adapter.step, loss: loss.value, positiveNll: loss.pointwise });
    onEvent({ kind: 'step', step: adapter.step, steps: settings.steps, loss: loss.value, tokens });
    if (adapter.step % settings.evaluateEvery === 0 || adapter.step === settings.steps) {
      recordLook(run, progress, metricOf(await look()));
      writeCheckpoint(run.checkpointPath, run.identity, { ...progress, adapter: adapter.pack() });
    }
  }
  if (adapter.step < settings.steps) onEvent({ kind: 'stopped-early', step: adapter.step });
  return judge(run, progress, base);
}

interface Progress {
  readonly losses: LossPoint[];
  readonly dev: DevPoint[];
  best: Checkpoint['best'];
}

function startOf(run: TrainingRun, saved: Checkpoint | null): Progress {
  if (saved === null) return { losses: [], dev: [], best: null };
  run.adapter.restore(saved.adapter);
  run.onEvent({ kind: 'resumed', step: run.adapter.step });
  return { losses: [...saved.losses], dev: [...saved.dev], best: saved.best };
}

/** The untrained adapter is looked at too: if no step improves on it, it is the best. */
function recordLook(run: TrainingRun, progress: Progress, metric: number): void {
  const point = { step: run.adapter.step, metric };
  const best = progress.best === null || metric > progress.best.point.metric;
  progress.dev.push(point);
  if (best) progress.best = { point, file: writeAdapterFile(run.adapter.toAdapterFile(), { storage: 'fp32' }) };
  run.onEvent({ kind: 'dev', step: point.step, metric, best });
}

function looksWithoutGain({ dev, best }: Progress): number {
  return dev.filter((point) => point.step > (best?.point.step ?? -1)).length;
}

/** The best adapter is looked at once more, for its queries one by one. */
async function judge(run: TrainingRun, progress: Progress, base: MeasuredRun): Promise<TrainingOutcome> {
  const { best } = progress;
  if (best === null) throw new Error('a training run looks at the dev queries before its first step');
  const bestAdapter = run.reopen(best.file);
  const measured = await evaluateDev(
    run.dev,
    run.pool,
    (texts) => run.sequences.adapted(texts, bestAdapter, run.module, null, false),
    devProgress(run),
  );
  const against = compareMeasures(measured, base, { seed: run.settings.seed, resamples: resamplesDefault }).metrics;
  const gain = against.find(({ metric }) => metric === decidingMetric);
  return {
    file: best.file,
    bestStep: best.point.step,
    losses: progress.losses,
    dev: progress.dev,
    base,
    against,
    better: (gain?.interval?.low ?? 0) > 0,
  };
}

/** A step that failed (a loss that is not finite, a thread that died) names itself, its queries, and what can be gone on from. */
function stepFault(run: TrainingRun, planned: PlannedStep, progress: Progress, error: unknown): Error {
  const queries = [...new Set(planned.sequences.map(({ example }) => `"${example.queryId}"`))].join(', ');
  const reason = error instanceof Error ? error.message : String(error);
  const lastLook = progress.dev.at(-1)?.step ?? 0;
  const kept =
    lastLook > 0 ? `the checkpoint of step ${lastLook} is kept in ${run.checkpointPath}` : 'there is no checkpoint yet';
  const message = `Training stopped in step ${run.adapter.step + 1} (queries ${queries}): ${reason}; ${kept}.`;
  return new Error(message, { cause: error });
}

function devProgress(run: TrainingRun) {
  return (fraction: number) => {
    run.signal?.throwIfAborted();
    run.onEvent({ kind: 'dev-progress', fraction });
  };
}

function metricOf(measured: MeasuredRun): number {
  const values = measured.values.get(decidingMetric) ?? [];
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
