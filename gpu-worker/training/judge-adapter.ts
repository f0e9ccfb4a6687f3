import { compareMeasures, type MetricComparison } from '#gpu-worker/evaluation/compare-measures.ts';
import type { MeasuredRun } from '#gpu-worker/evaluation/measure-run.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { resamplesDefault } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';
import type { DevSet } from '#gpu-worker/training/dev/dev-set.ts';
import { measureDev } from '#gpu-worker/training/dev/measure-dev.ts';

export interface AdapterJudgement {
  /** Dev metrics of the base model. */
  readonly base: MeasuredRun;
  /** The adapter against the base model on the dev queries. */
  readonly against: readonly MetricComparison[];
  readonly better: boolean;
}

/** Mean log-likelihoods [pairs] of the dev pairs under either. */
export interface JudgedLooks {
  readonly adapter: Float64Array;
  readonly base: Float64Array;
}

/** The adapter counts as better only when the whole 95 % interval of its gain in nDCG@10 over the base model lies above zero. */
export function judgeAdapter(dev: DevSet, looks: JudgedLooks, seed: number): AdapterJudgement {
  const base = measureDev(dev, looks.base);
  const bootstrap = { seed, resamples: resamplesDefault };
  const against = compareMeasures(measureDev(dev, looks.adapter), base, bootstrap).metrics;
  const gain = against.find(({ metric }) => metric === decidingMetric);
  return { base, against, better: (gain?.interval?.low ?? 0) > 0 };
}
