import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '#infra/monitoring/dashboard-panels.ts';
import { renderDashboard } from '#infra/monitoring/render-dashboard.ts';
import { renderEdgeDashboard } from '#infra/monitoring/render-edge-dashboard.ts';

/** `npm run dashboards`: writes `infra/monitoring/grafana/`, which tests hold to be fresh. */
const written = [
  ...dashboards.map((dashboard) => [dashboard.name, renderDashboard(dashboard)] as const),
  ['edge', renderEdgeDashboard()] as const,
];
for (const [name, text] of written) writeFileSync(join(import.meta.dirname, 'grafana', `${name}.json`), text);
