import type { Dashboard } from '#infra/monitoring/dashboard-panels.ts';

/** Grafana's grid is 24 wide; two graphs stand side by side. */
const panelWidth = 12;
const panelHeight = 8;

/** A dashboard in Grafana's JSON model, for import or provisioning: it asks for its Prometheus and its namespaces. */
export function renderDashboard({ name, title, panels }: Dashboard): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own placeholder, filled in by the reader's choice
  const datasource = { type: 'prometheus', uid: '${datasource}' };
  const model = {
    uid: `hintrank-${name}`,
    title,
    tags: ['hintrank'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus' },
        {
          name: 'namespace',
          type: 'query',
          datasource,
          query: { query: 'label_values(hintrank_worker_ready, namespace)', refId: 'namespace' },
          refresh: 2,
          multi: true,
          includeAll: true,
          current: { text: 'All', value: '$__all' },
        },
      ],
    },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: panel.title,
      datasource,
      gridPos: {
        x: (index % 2) * panelWidth,
        y: Math.floor(index / 2) * panelHeight,
        w: panelWidth,
        h: panelHeight,
      },
      fieldConfig: { defaults: { unit: panel.unit, min: 0, custom: { fillOpacity: 10 } }, overrides: [] },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
      targets: panel.lines.map(([expr, legendFormat], line) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + line),
        datasource,
        expr,
        legendFormat,
      })),
    })),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}
