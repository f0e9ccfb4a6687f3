import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createWorkerMetrics } from '#gpu-worker/http/metrics/worker-metrics.ts';
import { WorkerState } from '#gpu-worker/http/worker-state.ts';
import { dashboards } from '#infra/monitoring/dashboard-panels.ts';
import { monitoredQueries, readRules } from '#infra/monitoring/monitored-queries.ts';
import { labelValues, metricNames } from '#infra/monitoring/query-names.ts';
import { renderDashboard } from '#infra/monitoring/render-dashboard.ts';
import { errorCatalogue } from '#shared/errors/error-catalogue.ts';

const repositoryFolder = join(import.meta.dirname, '../..');
const alerts = readRules().flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));

/** Series of others: Prometheus' own, the blackbox exporter's. Envoy's are held to a running one by test/deployment/gateway.test.ts. */
const foreign = (name: string) => name === 'up' || name === 'probe_success' || name.startsWith('envoy_');

/** Names of the series that a worker's /metrics shows: those of a histogram are three. */
async function shownSeries(): Promise<Set<string>> {
  const metrics = createWorkerMetrics();
  metrics.watch(new WorkerState());
  const types = (await metrics.text()).matchAll(/^# TYPE (\S+) (\w+)$/gm);
  const names = [...types].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
  );
  return new Set(names);
}

describe('rules and dashboards', () => {
  it('ask only for what a worker shows, a rule records, or another exporter has', async () => {
    const shown = await shownSeries();
    const recorded = new Set(readRules().flatMap(({ record }) => record ?? []));
    const asked = [...new Set(monitoredQueries().flatMap(metricNames))].filter((name) => !foreign(name));
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !shown.has(name) && !recorded.has(name))).toEqual([]);
  });

  it('name codes of the error table and routes of the worker', () => {
    const codes = monitoredQueries().flatMap((query) => labelValues(query, 'code'));
    expect(codes.length).toBeGreaterThan(3);
    expect(codes.filter((code) => !(code in errorCatalogue))).toEqual([]);
    const routes = new Set(monitoredQueries().flatMap((query) => labelValues(query, 'route')));
    expect([...routes]).toEqual(['/v1/score']);
  });
});

describe('alerts', () => {
  it.each(alerts.map((rule) => [rule.alert, rule] as const))(
    '%s says how urgent it is, what happens, and on which page the rest is',
    (alert, rule) => {
      expect(['page', 'ticket']).toContain(rule.labels['severity']);
      expect(rule.annotations['summary']).toMatch(/\.$/);
      const runbook = rule.annotations['runbook'] ?? '';
      expect(runbook).toMatch(/^infra\/runbooks\/[\w-]+\.md$/);
      expect(readFileSync(join(repositoryFolder, runbook), 'utf8')).toContain(`\`${alert}\``);
    },
  );

  it('have a case each in which they fire, and one in which they do not', () => {
    const folder = join(import.meta.dirname, 'rule-tests');
    const caseSchema = z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) });
    const cases = readdirSync(folder).flatMap((file) => {
      const { tests } = z
        .object({ tests: z.array(z.object({ alert_rule_test: z.array(caseSchema).default([]) })) })
        .parse(parse(readFileSync(join(folder, file), 'utf8')));
      return tests.flatMap(({ alert_rule_test: each }) => each);
    });
    const named = (fires: boolean) =>
      cases.filter(({ exp_alerts: expected }) => expected.length > 0 === fires).map(({ alertname }) => alertname);
    const names = alerts.map(({ alert }) => alert);
    expect(names.filter((name) => !named(true).includes(name))).toEqual([]);
    expect(names.filter((name) => !named(false).includes(name))).toEqual([]);
  });
});

describe('runbooks', () => {
  it('are all linked by an alert, or say that none can know', () => {
    const linked = alerts.map(({ annotations }) => annotations['runbook']);
    const pages = readdirSync(join(repositoryFolder, 'infra/runbooks')).map((page) => `infra/runbooks/${page}`);
    const unlinked = pages.filter((page) => !linked.includes(page));
    expect(unlinked.filter((page) => !readFileSync(join(repositoryFolder, page), 'utf8').includes('No alert'))).toEqual(
      [],
    );
  });
});

describe.each(dashboards.map((dashboard) => [dashboard.name, dashboard] as const))(
  'dashboard %s',
  (name, dashboard) => {
    it('is written as its panels say (npm run dashboards)', () => {
      const path = join(import.meta.dirname, 'grafana', `${name}.json`);
      expect(existsSync(path) ? readFileSync(path, 'utf8') : '').toBe(renderDashboard(dashboard));
    });

    it('has no two panels of one title, and none without a line', () => {
      const titles = dashboard.panels.map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
      expect(dashboard.panels.filter(({ lines }) => lines.length === 0)).toEqual([]);
    });
  },
);
