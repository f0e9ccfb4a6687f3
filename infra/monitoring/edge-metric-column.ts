import { numberColumns, textColumns } from '#edge/telemetry/request-data-point.ts';

/** Column in SQL of what the edge writes under a name: `blob1` of `route`. Throws for a name that nothing is written under. */
export function edgeMetricColumn(name: string): string {
  const text = textColumns.findIndex(([known]) => known === name);
  if (text >= 0) return `blob${text + 1}`;
  const number = numberColumns.findIndex(([known]) => known === name);
  if (number >= 0) return `double${number + 1}`;
  const known = [...textColumns, ...numberColumns].map(([one]) => one);
  throw new Error(`the edge's data points have no "${name}"; they have ${known.join(', ')}`);
}
