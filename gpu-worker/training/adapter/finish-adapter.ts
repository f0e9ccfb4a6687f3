import { describeVerdict } from '#gpu-worker/training/adapter/describe-verdict.ts';
import { describeCalibration, reportCalibration } from '#gpu-worker/training/adapter/report-calibration.ts';
import type { ReportedComparison, TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import { decidingMean } from '#gpu-worker/training/dev/measure-dev.ts';
import type { DevComparison } from '#gpu-worker/training/judge-adapter.ts';
import { findSigns } from '#gpu-worker/training/report/find-signs.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingOutcome } from '#gpu-worker/training/train-adapter.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import { parseAdapterFile } from '#shared/adapter-file/parse-adapter-file.ts';
import { writeAdapterFile } from '#shared/adapter-file/write-adapter-file.ts';

export interface FinishOptions {
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly dataName: string;
}

/** The best adapter with its calibration and training summary in it, and the report. Holds no times or paths: the same run gives the same bytes. */
export function finishAdapter(
  outcome: TrainingOutcome,
  options: FinishOptions,
): { readonly file: Uint8Array; readonly report: TrainingReport } {
  const adapter = parseAdapterFile(outcome.file);
  const report = reportOf(outcome, options);
  const { losses: _losses, dev: _dev, ...summary } = report;
  const { calibration } = outcome.calibration;
  const config: AdapterConfig = {
    ...adapter.config,
    training: { ...summary },
    ...(calibration === null ? {} : { calibration }),
  };
  return { file: writeAdapterFile({ ...adapter, config }, { storage: outcome.storage }), report };
}

function reportOf(outcome: TrainingOutcome, { settings, data, dataName }: FinishOptions): TrainingReport {
  const alone = reportComparison(outcome.alone, 'likelihood');
  const blended = outcome.blended && reportComparison(outcome.blended, 'blended');
  const deciding = (settings.lossOver === 'blended' ? blended : null) ?? alone;
  const untrained = outcome.keptStep === 0 ? ' No step improved on the untrained adapter, which is what was kept.' : '';
  return {
    settings,
    data: {
      name: dataName,
      trainQueries: data.train.length,
      devQueries: outcome.alone.base.queryIds.length,
      documents: data.corpusSize,
    },
    keptStep: outcome.keptStep,
    steps: outcome.losses.length,
    decidedBy: settings.lossOver,
    better: deciding.better,
    verdict: `${deciding.verdict}${untrained}`,
    signs: findSigns({ ...outcome, better: deciding.better }),
    alone,
    blended,
    calibration: reportCalibration(outcome),
    calibrationNotes: describeCalibration(outcome),
    losses: outcome.losses,
    devBase: deciding.base,
    dev: outcome.dev,
  };
}

function reportComparison(comparison: DevComparison, scoring: 'likelihood' | 'blended'): ReportedComparison {
  return {
    base: decidingMean(comparison.base),
    adapter: decidingMean(comparison.adapter),
    better: comparison.better,
    verdict: describeVerdict(comparison, scoring),
    metrics: comparison.against,
  };
}
