import type { RankingComparison } from '#gpu-worker/evaluation/evaluate-rankings.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import {
  describeComparison,
  formatDifference,
  formatInterval,
  formatPValue,
} from '#gpu-worker/evaluation/report/describe-comparison.ts';
import { describeSetup, describeTitle } from '#gpu-worker/evaluation/report/describe-setup.ts';
import type { EvaluationReport } from '#gpu-worker/evaluation/report/evaluation-report.ts';
import { orderChanges, type QueryChange } from '#gpu-worker/evaluation/report/order-changes.ts';

/** Queries shown at each end of the list of changes. */
const changesShown = 5;
const queryCharactersMax = 120;

/** The report as Markdown: what was done, every metric of every ranking, every comparison, the queries that changed most. */
export function renderEvaluationMarkdown(report: EvaluationReport): string {
  const { evaluation } = report;
  const [first] = evaluation.comparisons;
  const sections = [
    `# ${escapeMarkdown(describeTitle(report))}`,
    [...describeSetup(report), ...report.notes].map((sentence) => `- ${sentence}`).join('\n'),
    table(
      ['', ...evaluation.rankings.map(({ name }) => name)],
      evaluation.metrics.map(({ label }) => [
        label,
        ...evaluation.rankings.map(({ means }) => (means.get(label) ?? 0).toFixed(4)),
      ]),
    ),
    ...evaluation.comparisons.map(renderComparison),
    first === undefined ? '' : renderChanges(first, report.queries),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderComparison(comparison: RankingComparison): string {
  const rows = comparison.metrics.map((metric) => [
    metric.metric,
    formatDifference(metric.meanDifference),
    formatInterval(metric),
    formatPValue(metric),
    `${metric.wins} / ${metric.losses} / ${metric.ties}`,
  ]);
  return [
    `## ${escapeMarkdown(comparison.ranking.name)} against ${escapeMarkdown(comparison.against.name)}`,
    escapeMarkdown(describeComparison(comparison)),
    table(['', 'difference', '95 % interval', 'p', 'better / worse / same'], rows),
  ].join('\n\n');
}

function renderChanges(comparison: RankingComparison, queries: ReadonlyMap<string, string>): string {
  const changes = orderChanges(comparison);
  const better = changes.filter((change) => change.value > change.againstValue).slice(0, changesShown);
  const worse = changes
    .filter((change) => change.value < change.againstValue)
    .slice(-changesShown)
    .reverse();
  const row = ({ queryId, value, againstValue }: QueryChange): string[] => [
    queryId,
    (queries.get(queryId) ?? '').slice(0, queryCharactersMax),
    againstValue.toFixed(3),
    value.toFixed(3),
  ];
  return [
    `## Queries that changed most (${decidingMetric}, ${escapeMarkdown(comparison.ranking.name)})`,
    table(['query', 'text', 'before', 'after'], [...better, ...worse].map(row)),
  ].join('\n\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Queries and file names are text, not markup. */
function escapeMarkdown(text: string): string {
  return text.replace(/\s+/gu, ' ').replace(/[\\|<>*_`[\]]/g, (character) => `\\${character}`);
}
