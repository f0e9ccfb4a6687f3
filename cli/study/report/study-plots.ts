import { dot, line, link, ruleX, ruleY, text } from '@observablehq/plot';
import { verdictOf } from '#cli/study/describe-pairs.ts';
import type { StudyReport } from '#cli/study/report/study-report.ts';
import type { RowResult } from '#cli/study/study-results.ts';
import { decidingMetric } from '#gpu-worker/evaluation/metric.ts';
import { drawSvgFile } from '#gpu-worker/evaluation/report/draw-svg-file.ts';

export interface StudyPlot {
  readonly name: string;
  readonly title: string;
  /** A whole SVG file. */
  readonly svg: string;
}

interface PlottedRow {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly x: number | undefined;
  readonly series: string;
}

const widthPixels = 720;
const rowPixels = 26;

/** A plot for each panel of the study, and one of all differences. */
export function plotStudy({ study, results }: StudyReport): StudyPlot[] {
  const panels = [...new Set(results.rows.map(({ row }) => row.panel))];
  const values = panels.map((panel, index): StudyPlot => {
    const rows = results.rows.filter(({ row }) => row.panel === panel).map(plottedRow);
    const title = `${decidingMetric}: ${panel}`;
    const lined = rows.some(({ x }) => x !== undefined);
    const name = `${study.name}-values${panels.length === 1 ? '' : `-${index + 1}`}.svg`;
    return { name, title, svg: lined ? plotLines(rows, study.axis ?? panel, title) : plotDots(rows, title) };
  });
  return [...values, { name: `${study.name}-differences.svg`, title: 'Differences', svg: plotDifferences(results) }];
}

function plottedRow({ row, means, interval }: RowResult): PlottedRow {
  const value = means.get(decidingMetric) ?? 0;
  const { low, high } = interval ?? { low: value, high: value };
  return { label: row.label, value, low, high, x: row.x, series: row.series ?? row.label };
}

/** One row below the other, each with its interval. */
function plotDots(rows: readonly PlottedRow[], title: string): string {
  return drawSvgFile({
    width: widthPixels,
    height: 70 + rows.length * rowPixels,
    marginLeft: 190,
    ariaLabel: title,
    x: { label: `${decidingMetric} (95 % interval)`, grid: true },
    y: { label: null, domain: rows.map(({ label }) => label) },
    marks: [
      link(rows, { x1: 'low', x2: 'high', y1: 'label', y2: 'label', strokeWidth: 2 }),
      dot(rows, { x: 'value', y: 'label', fill: 'currentColor', r: 4 }),
    ],
  });
}

/** A line for each series over the quantity; rows without one are levels to compare with. */
function plotLines(rows: readonly PlottedRow[], axis: string, title: string): string {
  const points = rows.flatMap((row) => (row.x === undefined ? [] : [{ ...row, x: row.x }]));
  const levels = rows.filter(({ x }) => x === undefined);
  const first = Math.min(...points.map(({ x }) => x));
  const ends = [...Map.groupBy(points, ({ series }) => series).values()].map((series) =>
    series.reduce((last, point) => (point.x > last.x ? point : last)),
  );
  return drawSvgFile({
    width: widthPixels,
    height: 360,
    marginRight: 190,
    inset: 12,
    ariaLabel: title,
    x: { label: axis, ticks: [...new Set(points.map(({ x }) => x))], tickFormat: (x: number) => String(x) },
    y: { label: `${decidingMetric} (95 % interval)`, grid: true, zero: false },
    marks: [
      ruleY(levels, { y: 'value', strokeDasharray: '4 3', stroke: 'gray' }),
      text(levels, { x: () => first, y: 'value', text: 'label', dy: -7, textAnchor: 'start', fill: 'gray' }),
      link(points, { x1: 'x', x2: 'x', y1: 'low', y2: 'high', stroke: 'series', strokeOpacity: 0.4, strokeWidth: 2 }),
      line(points, { x: 'x', y: 'value', stroke: 'series', marker: 'circle' }),
      text(ends, { x: 'x', y: 'value', text: 'series', fill: 'series', dx: 8, textAnchor: 'start' }),
    ],
  });
}

function plotDifferences({ pairs }: StudyReport['results']): string {
  const rows = pairs.flatMap((pair) => {
    const { row, against, difference } = pair;
    if (difference.interval === null) return [];
    const name = `${row.label} (${row.panel}) − ${against.label}`;
    return [{ name, value: difference.meanDifference, ...difference.interval, open: verdictOf(pair) === 'open' }];
  });
  return drawSvgFile({
    width: widthPixels,
    height: 70 + rows.length * rowPixels,
    marginLeft: 380,
    ariaLabel: 'Differences with their intervals; filled where they are significant',
    x: {
      label: `difference in ${decidingMetric} (95 % interval; filled: significant)`,
      grid: true,
      tickFormat: '+.3f',
    },
    y: { label: null, domain: [...new Set(rows.map(({ name }) => name))] },
    marks: [
      ruleX([0]),
      link(rows, { x1: 'low', x2: 'high', y1: 'name', y2: 'name', strokeWidth: 2 }),
      dot(rows, {
        x: 'value',
        y: 'name',
        r: 4,
        stroke: 'currentColor',
        fill: ({ open }) => (open ? 'white' : 'black'),
      }),
    ],
  });
}
