import { writeDashboardModel } from '#infra/monitoring/dashboard-model.ts';
import { edgePanels } from '#infra/monitoring/edge-dashboard.ts';

/** The plugin that Cloudflare's documentation of Analytics Engine names (Altinity's, for ClickHouse); its macros need the column of time. */
const datasourceType = 'vertamedia-clickhouse-datasource';
const timeColumn = { dateTimeType: 'DATETIME', dateTimeColDataType: 'timestamp' };

/** The dashboard over Analytics Engine's SQL API: it asks for its data source. */
export function renderEdgeDashboard(): string {
  return writeDashboardModel({
    name: 'edge',
    title: 'Hintrank: the edge',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own placeholder, filled in by the reader's choice
    datasource: { type: datasourceType, uid: '${datasource}' },
    variables: [{ name: 'datasource', type: 'datasource', query: datasourceType }],
    panels: edgePanels.map(({ title, unit, query }) => ({
      title,
      unit,
      // Without extrapolation: the plugin would guess the newest point from the ones before it.
      targets: [{ query, editorMode: 'sql', format: 'time_series', ...timeColumn, extrapolate: false, round: '0s' }],
    })),
  });
}
