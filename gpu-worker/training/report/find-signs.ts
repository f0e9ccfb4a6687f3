import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import type { DevPoint, LossPoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { TrainingSummary } from '#shared/protocol/training-summary.ts';

/** A known way for a training to fail, and the figures by which it shows. */
export type FoundSign = TrainingSummary['signs'][number];

export interface RunToJudge {
  /** Whether the dev queries show a gain over the base model. */
  readonly better: boolean;
  readonly keptStep: number;
  readonly losses: readonly LossPoint[];
  /** Looks, rising steps, the first at step 0. */
  readonly dev: readonly DevPoint[];
}

/** Steps whose mean loss stands for a moment of the run: one step sees a handful of queries. */
const smoothedSteps = 10;

/** A fall of the dev metric that is none: looks at a hundred queries differ by that much without a reason. */
const devFallMin = 0.01;

/** Looks after the highest that all have to lie below it. */
const looksBelowMin = 2;

/** Share of the steps that may come after the kept one; the looks that end a run early are among them. */
const idleShareMax = 0.5;

/** The failures that the paper and its successors report of such adapters, as far as this run shows them: no gain, overfitting, cost without gain. */
export function findSigns(run: RunToJudge): FoundSign[] {
  return [...noGain(run), ...overfitting(run), ...costWithoutGain(run)];
}

function noGain({ better }: RunToJudge): FoundSign[] {
  if (better) return [];
  const sentence =
    'No gain: the dev queries do not show that the adapter ranks better than the base model. More training queries, harder negatives, or more dev queries to see a small gain are what helps most.';
  return [{ sign: 'no_gain', sentence }];
}

function overfitting({ losses, dev }: RunToJudge): FoundSign[] {
  const highest = dev.reduce((best, point) => (point.metric > best.metric ? point : best), dev[0] ?? none);
  const after = dev.filter(({ step }) => step > highest.step);
  const last = after.at(-1);
  if (last === undefined || after.length < looksBelowMin || highest.metric - last.metric < devFallMin) return [];
  const [lossThen, lossNow] = [lossAround(losses, highest.step), lossAround(losses, last.step)];
  if (lossNow >= lossThen) return [];
  const sentence = `Overfitting: from step ${highest.step} to step ${last.step} the loss fell from ${lossThen.toFixed(3)} to ${lossNow.toFixed(3)}, and ${decidingMetric} of the dev queries from ${highest.metric.toFixed(4)} to ${last.metric.toFixed(4)}. Fewer steps, a lower learning rate or more training queries help.`;
  return [{ sign: 'overfitting', sentence }];
}

function costWithoutGain({ losses, keptStep }: RunToJudge): FoundSign[] {
  const idle = losses.filter(({ step }) => step > keptStep);
  if (losses.length === 0 || idle.length <= losses.length * idleShareMax) return [];
  const tokens = idle.reduce((sum, point) => sum + point.tokens, 0);
  const sentence = `Cost without gain: ${idle.length} of ${losses.length} steps (${tokens} tokens) came after the one that was kept. Fewer steps, or less patience, cost less for the same adapter.`;
  return [{ sign: 'cost_without_gain', sentence }];
}

const none: DevPoint = { step: 0, metric: 0 };

/** Mean loss of the steps up to `step`, or of the first ones where there are none before it. */
function lossAround(losses: readonly LossPoint[], step: number): number {
  const end = Math.max(step, smoothedSteps);
  const near = losses.filter((point) => point.step > end - smoothedSteps && point.step <= end);
  return near.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, near.length);
}
