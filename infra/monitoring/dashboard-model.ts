/** Grafana's grid is 24 wide; two graphs stand side by side. */
const panelWidth = 12;
const panelHeight = 8;

/** A graph over time, whatever its data source. */
interface PanelModel {
  readonly title: string;
  /** As Grafana calls it. */
  readonly unit: string;
  readonly targets: readonly object[];
}

interface DashboardModel {
  readonly name: string;
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  /** What the reader chooses. */
  readonly variables: readonly object[];
  readonly panels: readonly PanelModel[];
}

/** A dashboard in Grafana's JSON model, for import or provisioning; targets get their letters here. */
export function writeDashboardModel({ name, title, datasource, variables, panels }: DashboardModel): string {
  const model = {
    uid: `hintrank-${name}`,
    title,
    tags: ['hintrank'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: variables },
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
      targets: panel.targets.map((target, line) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + line),
        datasource,
        ...target,
      })),
    })),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}
