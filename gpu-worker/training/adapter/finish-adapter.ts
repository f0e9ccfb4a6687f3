import type { MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import type { DevPoint, LossPoint } from '#gpu-worker/training/checkpoint/checkpoint-file.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingOutcome } from '#gpu-worker/training/train-adapter.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

/** What a training run did and what came of it; written beside the adapter. */
export interface TrainingReport {
  readonly settings: TrainingSettings;
  readonly data: {
    readonly trainQueries: number;
    readonly devQueries: number;
    readonly documents: number;
  };
  readonly bestStep: number;
  readonly steps: number;
  /** Whether the whole 95 % interval of the gain in nDCG@10 over the base model, on the dev queries, lies above zero. */
  readonly better: boolean;
  /** One sentence that says so, with the figures. */
  readonly verdict: string;
  readonly againstBase: readonly MetricComparison[];
  readonly losses: readonly LossPoint[];
  readonly dev: readonly DevPoint[];
}

/** The best adapter with its training summary in it, and the report. Holds no times or paths: the same run gives the same bytes. */
export function finishAdapter(
  outcome: TrainingOutcome,
  settings: TrainingSettings,
  data: TrainingData,
  storage: 'fp16' | 'fp32',
): { readonly file: Uint8Array; readonly report: TrainingReport } {
  const adapter = parseAdapterFile(outcome.file);
  const report: TrainingReport = {
    settings,
    data: { trainQueries: data.train.length, devQueries: outcome.base.queryIds.length, documents: data.corpusSize },
    bestStep: outcome.bestStep,
    steps: outcome.losses.length,
    better: outcome.better,
    verdict: verdictOf(outcome),
    againstBase: outcome.against,
    losses: outcome.losses,
    dev: outcome.dev,
  };
  const { losses: _losses, dev: _dev, ...summary } = report;
  const file = writeAdapterFile({ ...adapter, config: { ...adapter.config, training: { ...summary } } }, { storage });
  return { file, report };
}

function verdictOf({ against, better, bestStep, base }: TrainingOutcome): string {
  const gain = against.find(({ metric }) => metric === decidingMetric);
  if (gain === undefined) throw new Error(`the comparison lacks ${decidingMetric}`);
  const interval =
    gain.interval === null ? '' : ` (95 % interval ${signed(gain.interval.low)} to ${signed(gain.interval.high)})`;
  const figures = `${signed(gain.meanDifference)} nDCG@10 over the base model on ${base.queryIds.length} dev queries${interval}`;
  if (better) return `The adapter ranks better than the base model: ${figures}.`;
  const untrained = bestStep === 0 ? ' No step improved on the untrained adapter, which is what was kept.' : '';
  return `The dev queries do not show that the adapter ranks better than the base model: ${figures}.${untrained}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
