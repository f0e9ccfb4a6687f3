import { writeDashboardModel } from '#infra/monitoring/dashboard-model.ts';
import type { Dashboard } from '#infra/monitoring/dashboard-panels.ts';

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own placeholder, filled in by the reader's choice
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** A dashboard over Prometheus: it asks for its Prometheus and its namespaces. */
export function renderDashboard({ name, title, panels }: Dashboard): string {
  return writeDashboardModel({
    name,
    title,
    datasource,
    variables: [
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
    panels: panels.map((panel) => ({
      title: panel.title,
      unit: panel.unit,
      targets: panel.lines.map(([expr, legendFormat]) => ({ expr, legendFormat })),
    })),
  });
}
