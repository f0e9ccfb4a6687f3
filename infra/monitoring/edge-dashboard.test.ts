import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requestDataPoint } from '#edge/telemetry/request-data-point.ts';
import { edgePanels } from '#infra/monitoring/edge-dashboard.ts';
import { edgeMetricColumn } from '#infra/monitoring/edge-metric-column.ts';
import { renderEdgeDashboard } from '#infra/monitoring/render-edge-dashboard.ts';

/** A data point of a request in which no two numbers are equal, as the platform keeps it: column → value. */
function writtenPoint(): ReadonlyMap<string, string | number> {
  const { blobs, doubles } = requestDataPoint({
    route: '/v2/rerank',
    method: 'POST',
    status: 503,
    error: 'no_worker_available',
    cache: 'PARTIAL',
    continent: 'EU',
    milliseconds: 1,
    workerMilliseconds: 2,
    measures: {
      documents: { count: 3, cached: 4 },
      calls: { call: 5, retry: 6, hedge: 7, failure: 8 },
      regions: new Set(),
    },
    workersShutOut: 9,
  });
  return new Map<string, string | number>([
    ...blobs.map((value, index) => [`blob${index + 1}`, value] as const),
    ...doubles.map((value, index) => [`double${index + 1}`, value] as const),
  ]);
}

describe('the queries of the edge’s dashboard', () => {
  it('read what the edge writes, each under its own column', () => {
    const point = writtenPoint();
    const read = (name: string) => point.get(edgeMetricColumn(name));
    expect({
      texts: ['route', 'method', 'status', 'error code', 'cache', 'continent'].map(read),
      times: ['milliseconds', 'milliseconds of the slowest worker'].map(read),
      documents: ['documents', 'documents from the score cache'].map(read),
      calls: ['calls of workers', 'retries among them', 'hedges among them', 'failed calls'].map(read),
      workers: read('workers shut out'),
    }).toEqual({
      texts: ['/v2/rerank', 'POST', '503', 'no_worker_available', 'partial', 'EU'],
      times: [1, 2],
      documents: [3, 4],
      calls: [5, 6, 7, 8],
      workers: 9,
    });
    const named = edgePanels.flatMap(({ query }) => query.match(/\b(?:blob|double)\d+\b/g) ?? []);
    expect(named.filter((column) => !point.has(column))).toEqual([]);
    expect(() => edgeMetricColumn('tenant')).toThrow('have no "tenant"; they have route, method');
  });

  it.each(edgePanels.map(({ title, query }) => [title, query] as const))(
    '%s: in the form that the plugin makes series of',
    (_, query) => {
      const [select = '', from, where, group = '', order] = query.split('\n');
      const aliases = [...select.matchAll(/ AS (\w+)/g)].map(([, alias]) => alias);
      const grouped = group.replace('GROUP BY ', '').split(', ');
      expect(aliases[0]).toBe('t');
      expect(grouped.at(-1)).toBe('t');
      expect(aliases).toEqual(expect.arrayContaining(grouped));
      // The key alone names a series: a second value would fall into the first one's.
      if (grouped.length > 1) expect(aliases).toHaveLength(grouped.length + 1);
      expect(where).toMatch(/^WHERE \$timeFilter/);
      expect([from, order]).toEqual(['FROM hintrank_edge', 'ORDER BY t']);
    },
  );

  it('count requests, not rows: one row may stand for many', () => {
    const unweighted = edgePanels.filter(({ query }) => !query.includes('_sample_interval')).map(({ title }) => title);
    expect(unweighted).toEqual(['Workers shut out, at most by any isolate']);
    expect(edgePanels.filter(({ query }) => /COUNT\(|AVG\(/i.test(query))).toEqual([]);
  });
});

it('the dashboard is written as its panels say (npm run dashboards)', () => {
  const path = join(import.meta.dirname, 'grafana/edge.json');
  expect(readFileSync(path, 'utf8')).toBe(renderEdgeDashboard());
  const titles = edgePanels.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});
