import { edgeMetricColumn } from '#infra/monitoring/edge-metric-column.ts';

/** A graph of the edge: its series by time, from one query. */
interface EdgePanel {
  readonly title: string;
  readonly unit: 'reqps' | 'ms' | 'percentunit' | 'short';
  /**
   * SQL of Analytics Engine with the macros of Grafana's plugin: `t` first, then either one value and what it is grouped by, which names the series, or
   * values that name theirs themselves.
   */
  readonly query: string;
}

/** As docs/operating.md names it in wrangler.toml. */
const dataset = 'hintrank_edge';

const column = edgeMetricColumn;

/** A row may stand for several requests: the platform samples. */
const weight = '_sample_interval';
const perSecond = `SUM(${weight}) / $interval`;
const mean = (value: string, of: string) => `SUM(${value} * ${weight}) / SUM(${of} * ${weight})`;
const quantile = (share: number, value: string) => `quantileExactWeighted(${share})(${value}, ${weight})`;

interface QueryParts {
  /** Alias → expression. */
  readonly values: Readonly<Record<string, string>>;
  /** Name of the column that gives each series its name; absent: the aliases do. */
  readonly by?: string;
  readonly where?: string;
}

function overTime({ values, by, where }: QueryParts): string {
  const key = by?.replaceAll(' ', '_');
  const columns = [
    '$timeSeries AS t',
    ...(by === undefined ? [] : [`${column(by)} AS ${key}`]),
    ...Object.entries(values).map(([alias, expression]) => `${expression} AS ${alias}`),
  ];
  return [
    `SELECT ${columns.join(', ')}`,
    `FROM ${dataset}`,
    `WHERE $timeFilter${where === undefined ? '' : ` AND ${where}`}`,
    `GROUP BY ${key === undefined ? '' : `${key}, `}t`,
    'ORDER BY t',
  ].join('\n');
}

const milliseconds = column('milliseconds');
const documents = column('documents');
const calls = column('calls of workers');
const hasRoute = `${column('route')} != ''`;

/** What callers see, and what of it came from the score cache or needed a second call: every region at once, where each region's workers have dashboards of their own. */
export const edgePanels: readonly EdgePanel[] = [
  {
    title: 'Requests by route',
    unit: 'reqps',
    query: overTime({ values: { requests: perSecond }, by: 'route', where: hasRoute }),
  },
  { title: 'Requests by status', unit: 'reqps', query: overTime({ values: { requests: perSecond }, by: 'status' }) },
  {
    title: 'Failures by code',
    unit: 'reqps',
    query: overTime({ values: { failures: perSecond }, by: 'error code', where: `${column('error code')} != ''` }),
  },
  {
    title: 'Requests by continent of the caller',
    unit: 'reqps',
    query: overTime({ values: { requests: perSecond }, by: 'continent', where: `${column('continent')} != ''` }),
  },
  ...[0.5, 0.99].map(
    (share): EdgePanel => ({
      title: `Duration by route, p${share * 100}`,
      unit: 'ms',
      query: overTime({ values: { duration: quantile(share, milliseconds) }, by: 'route', where: hasRoute }),
    }),
  ),
  ...[0.5, 0.99].map(
    (share): EdgePanel => ({
      title: `Duration of requests that score, by continent, p${share * 100}`,
      unit: 'ms',
      query: overTime({
        values: { duration: quantile(share, milliseconds) },
        by: 'continent',
        where: `${documents} > 0 AND ${column('continent')} != ''`,
      }),
    }),
  ),
  {
    title: 'Duration and its slowest worker, medians of requests that called any',
    unit: 'ms',
    query: overTime({
      values: {
        request: quantile(0.5, milliseconds),
        slowest_worker: quantile(0.5, column('milliseconds of the slowest worker')),
      },
      where: `${calls} > 0`,
    }),
  },
  {
    title: 'Documents from the score cache',
    unit: 'percentunit',
    query: overTime({
      values: { share: mean(column('documents from the score cache'), documents) },
      where: `${documents} > 0`,
    }),
  },
  {
    title: 'Calls of workers that were retries, hedges, failed',
    unit: 'percentunit',
    query: overTime({
      values: {
        retries: mean(column('retries among them'), calls),
        hedges: mean(column('hedges among them'), calls),
        failed: mean(column('failed calls'), calls),
      },
      where: `${calls} > 0`,
    }),
  },
  {
    title: 'Workers shut out, at most by any isolate',
    unit: 'short',
    query: overTime({ values: { workers: `MAX(${column('workers shut out')})` } }),
  },
];
