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
    ['output', 'studies'],
    ['train-queries', sizes.trainQueries],
    ['test-queries', sizes.testQueries],
    ['depth', sizes.depth],
    ['steps', sizes.steps],
    ['seeds', sizes.seeds],
    ['dev-queries', sizes.devQueries],
    ['keep', sizes.keep],
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
  return [
    `Data: ${data}; model: ${model}, measured in ${precision}.`,
    `Candidates: top ${sizes.depth} of each first stage, for ${sizes.testQueries} test queries (or all there are), drawn with a fixed seed; ${describeCandidates(sets)}.`,
    `Adapters: ${sizes.trainQueries} training queries (or all there are), ${sizes.steps} steps, ${seeds}; ${describeKept(report)}.`,
    ...study.notes(inputs),
    `Every row is ordered by mean log-likelihood. Intervals are ${intervalConfidence * 100} % bootstrap intervals over queries; p-values of paired t tests on ${decidingMetric}, corrected by Holm for the ${results.pairs.length} differences of the study; significant below ${significanceLevel}.${sizes.seeds === 1 ? ' With one seed, how much another training would differ is not in them.' : ''}`,
  ];
}

/** With the best look, some rows may in truth be about the untrained start: that has to be said. */
function describeKept({ inputs: { sizes }, results }: StudyReport): string {
  if (sizes.keep === 'last') return 'the adapter of the last step is measured';
  const steps = results.rows.flatMap(({ keptSteps }) => keptSteps);
  const untrained = steps.filter((step) => step === 0).length;
  return `the best of the looks at ${sizes.devQueries} dev queries is measured, which is the untrained start in ${untrained} of ${steps.length} cases`;
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
