import { formatAdjustedP, formatValue, verdictOf } from '#cli/study/describe-pairs.ts';
import { describeCommand, describeStudy } from '#cli/study/report/describe-study.ts';
import type { StudyReport } from '#cli/study/report/study-report.ts';
import type { PairResult, RowResult } from '#cli/study/study-results.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { formatDifference, formatInterval } from '#gpu-worker/evaluation/report/describe-comparison.ts';

/** Metrics of the table; the deciding one comes first, with its interval. */
const shownMetrics = ['Hit@1', 'Hit@5', 'Recall@5', 'MRR@10'];

/** The study as Markdown: question, set-up, figures, plots, and the conclusion at the end. @param plots file names beside it, with what they show */
export function renderStudyMarkdown(report: StudyReport, plots: readonly { name: string; title: string }[]): string {
  const { study, results } = report;
  const seeds = report.inputs.sizes.seeds > 1;
  return `${[
    `# ${study.title}`,
    study.question,
    `\`\`\`sh\n${describeCommand(report)}\n\`\`\``,
    describeStudy(report)
      .map((sentence) => `- ${sentence}`)
      .join('\n'),
    table(
      ['', '', 'queries', `${decidingMetric} [interval]`, ...shownMetrics, ...(seeds ? ['seeds'] : []), 'step'],
      results.rows.map((row) => rowCells(row, seeds)),
    ),
    ...plots.map(({ name, title }) => `![${title}](${name})`),
    '## Differences',
    table(
      [`${decidingMetric} of`, 'against', 'difference [interval]', 'corrected p', 'better / worse / same', ''],
      results.pairs.map(pairCells),
    ),
    '## What the figures show',
    study.conclude(results),
  ].join('\n\n')}\n`;
}

function rowCells({ row, queries, means, interval, seedMeans, keptSteps }: RowResult, seeds: boolean): string[] {
  const value = formatValue(means.get(decidingMetric) ?? 0);
  const ends = interval === null ? '' : ` [${formatValue(interval.low)}, ${formatValue(interval.high)}]`;
  return [
    row.panel,
    row.label,
    String(queries),
    `${value}${ends}`,
    ...shownMetrics.map((metric) => formatValue(means.get(metric) ?? 0)),
    ...(seeds ? [seedMeans.length > 1 ? seedMeans.map(formatValue).join(', ') : ''] : []),
    keptSteps.join(', '),
  ];
}

const verdictNames = { better: 'gain', worse: 'loss', open: 'not significant' } as const;

function pairCells(pair: PairResult): string[] {
  const { difference, row, against } = pair;
  return [
    nameOf(row),
    nameOf(against),
    `${formatDifference(difference.meanDifference)} ${formatInterval(difference)}`,
    formatAdjustedP(pair.adjustedPValue),
    `${difference.wins} / ${difference.losses} / ${difference.ties}`,
    verdictNames[verdictOf(pair)],
  ];
}

function nameOf({ panel, label }: PairResult['row']): string {
  return `${label} (${panel})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
