import { basename } from 'node:path';
import type { StudyReport } from '#cli/study/report/study-report.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { significanceLevel } from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { intervalConfidence } from '#gpu-worker/evaluation/statistics/bootstrap-means.ts';

/** The command that makes the report again; the reader's folders stand in for ours. */
export function describeCommand({ study, inputs, data, precision }: StudyReport): string {
  const { sizes, runPath } = inputs;
  const flags: (readonly [string, string | number])[] = [
    ['data', data],
    ...(runPath === undefined ? [] : [['run', basename(runPath)] as const]),
    ['output', `studies/${study.name}`],
    ['train-queries', sizes.trainQueries],
    ['test-queries', sizes.testQueries],
    ['depth', sizes.depth],
    ['steps', sizes.steps],
    ['seeds', sizes.seeds],
    ['dev-queries', sizes.devQueries],
    ['max-tokens-per-doc', sizes.maxTokensPerDoc],
    ['precision', precision],
  ];
  return `hintrank study ${study.name} ${flags.map(([flag, value]) => `--${flag} ${value}`).join(' ')}`;
}

/** How the figures were made, a sentence each. */
export function describeStudy(report: StudyReport): string[] {
  const { study, inputs, data, model, precision, results, sets } = report;
  const { sizes } = inputs;
  const seeds = sizes.seeds === 1 ? 'one seed' : `${sizes.seeds} seeds, averaged by query`;
  const looks = results.rows.flatMap(({ keptSteps }) => keptSteps);
  const untrained = looks.filter((step) => step === 0).length;
  return [
    `Data: ${data}; model: ${model}, measured in ${precision}.`,
    `Candidates: top ${sizes.depth} of each first stage, for ${sizes.testQueries} test queries (or all there are), drawn with a fixed seed; ${describeCandidates(sets)}.`,
    `Adapters: ${sizes.trainQueries} training queries (or all there are), ${sizes.steps} steps, ${seeds}; the best of the looks at ${sizes.devQueries} dev queries is kept${looks.length === 0 ? '' : ` (the untrained start in ${untrained} of ${looks.length} cases)`}.`,
    ...study.notes(inputs),
    `Every row is ordered by mean log-likelihood. Intervals are ${intervalConfidence * 100} % bootstrap intervals over queries; p-values of paired t tests on ${decidingMetric}, corrected by Holm for the ${results.pairs.length} differences of the study; significant below ${significanceLevel}.${sizes.seeds === 1 ? ' With one seed, how much another training would differ is not in them.' : ''}`,
  ];
}

function describeCandidates(sets: StudyReport['sets']): string {
  const distinct = [...new Set(sets.values())];
  const parts = new Map(
    distinct.map(({ description, run, unanswerable }) => [description, { queries: run.size, unanswerable }]),
  );
  return [...parts]
    .map(
      ([description, { queries, unanswerable }]) =>
        `${description}: ${queries} queries${unanswerable === 0 ? '' : ` (${unanswerable} without a relevant candidate left out)`}`,
    )
    .join('; ');
}
