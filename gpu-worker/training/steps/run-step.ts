import {
  type AdapterGradient,
  addDense,
  clipGradient,
  emptyGradient,
} from '#gpu-worker/training/gradients/adapter-gradient.ts';
import type { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { listwiseLoss } from '#gpu-worker/training/losses/listwise-loss.ts';
import { pairwiseLoss } from '#gpu-worker/training/losses/pairwise-loss.ts';
import type { RankingLoss, ScoredSequences } from '#gpu-worker/training/losses/ranking-loss.ts';
import { linearRate } from '#gpu-worker/training/optimiser/linear-schedule.ts';
import type { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import { seededRandom } from '#gpu-worker/training/seeded-random.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import type { LexicalOffset } from '#gpu-worker/training/steps/lexical-offset.ts';
import type { PairSequence, PairSequences, PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import type { PlannedSequence, PlannedStep } from '#gpu-worker/training/steps/plan-step.ts';
import type { SequenceResult } from '#gpu-worker/training/threads/sequence-task.ts';
import type { TrainingPool } from '#gpu-worker/training/threads/training-pool.ts';

/** Where the time of a step goes: making hints, the frozen model forward and backward, the hints' gradients, AdamW. */
export type StepStage = 'hints' | 'sequences' | 'hint-gradients' | 'optimiser';

export interface StepContext {
  readonly settings: TrainingSettings;
  readonly adapter: TrainedAdapter;
  /** null for a soft prompt. */
  readonly module: HintModule | null;
  readonly sequences: PairSequences;
  readonly pool: Pick<TrainingPool, 'run'>;
  readonly textsOf: (planned: PlannedSequence) => PairTexts;
  /** Added to the likelihoods that the loss compares, nats per token; null: nothing. */
  readonly lexicalOffset: LexicalOffset | null;
  /** Told how long each stage of a step took. */
  readonly onStage?: (stage: StepStage, milliseconds: number) => void;
}

export interface StepResult {
  readonly loss: RankingLoss;
  /** Tokens that went through the model, prefixes from the cache not counted. */
  readonly tokens: number;
}

export interface StepGradient extends StepResult {
  /** dL/d(what is trained), not clipped. */
  readonly gradient: AdapterGradient;
}

/** One step: the gradient, then AdamW. */
export async function runStep(context: StepContext, planned: PlannedStep): Promise<StepResult> {
  const { settings, adapter } = context;
  const { loss, tokens, gradient } = await computeGradient(context, planned);
  await timed(context, 'optimiser', async () => update(settings, adapter, gradient, adapter.step + 1));
  return { loss, tokens };
}

/** Hints, all sequences forward and backward, the loss, its gradient through the hints into the adapter, which stays as it is. */
export async function computeGradient(context: StepContext, planned: PlannedStep): Promise<StepGradient> {
  const { settings, adapter, pool, lexicalOffset, textsOf } = context;
  const pairs = await timed(context, 'hints', () => layOut(context, planned, adapter.step + 1));
  const results = await timed(context, 'sequences', () => pool.run(pairs.map((pair) => pair.task)));
  const loss = lossOf(settings, {
    meanNll: Float64Array.from(results, (result) => result.meanNegativeLogLikelihood),
    groups: planned.groups,
    ...(lexicalOffset === null
      ? {}
      : { offsets: Float64Array.from(planned.sequences, (sequence) => lexicalOffset(textsOf(sequence))) }),
  });
  const gradient = await timed(context, 'hint-gradients', () => gradientOf(context, pairs, results, loss));
  const tokens = pairs.reduce((sum, { task }) => sum + task.targetIds.length + hintRowsOf(task), 0);
  return { loss, tokens, gradient };
}

async function timed<Result>(context: StepContext, stage: StepStage, work: () => Promise<Result>): Promise<Result> {
  const startMs = performance.now();
  const result = await work();
  context.onStage?.(stage, performance.now() - startMs);
  return result;
}

async function layOut(context: StepContext, planned: PlannedStep, step: number): Promise<PairSequence[]> {
  const { settings, adapter, module, sequences, textsOf } = context;
  const pairs: PairSequence[] = [];
  for (const [index, sequence] of planned.sequences.entries()) {
    const random = seededRandom(settings.seed, `hints of sequence ${index}`, step);
    pairs.push(await sequences.adapted(textsOf(sequence), adapter, module, random, true));
  }
  return pairs;
}

/** The loss' gradient through each sequence and the hint module into the adapter. */
async function gradientOf(
  { adapter, module }: StepContext,
  pairs: readonly PairSequence[],
  results: readonly SequenceResult[],
  loss: RankingLoss,
): Promise<AdapterGradient> {
  const gradient = emptyGradient();
  for (const [index, { input }] of pairs.entries()) {
    const weight = loss.gradient[index] ?? 0;
    const rows = results[index]?.gradient;
    if (weight === 0 || !rows) continue;
    const weighted = rows.map((value) => value * weight);
    if (module === null || input === null) addDense(gradient, 'soft_prompt', weighted);
    else await module.backward(input, adapter, weighted, gradient);
  }
  return gradient;
}

function lossOf(settings: TrainingSettings, sequences: ScoredSequences): RankingLoss {
  return settings.loss.kind === 'listwise'
    ? listwiseLoss(sequences, settings.loss)
    : pairwiseLoss(sequences, settings.loss);
}

function update(settings: TrainingSettings, adapter: TrainedAdapter, gradient: AdapterGradient, step: number): void {
  clipGradient(gradient, settings.gradientNormMax);
  const { beta1, beta2, epsilon, weightDecay } = settings;
  const rate = linearRate(step, { warmUpSteps: settings.warmUpSteps, totalSteps: settings.steps });
  adapter.update(gradient, {
    learningRate: settings.learningRate * rate,
    dense: { beta1, beta2, epsilon, weightDecay },
    rows: { beta1, beta2, epsilon, weightDecay: 0 },
  });
}

function hintRowsOf({ gradientRows }: PairSequence['task']): number {
  return gradientRows?.length ?? 0;
}
