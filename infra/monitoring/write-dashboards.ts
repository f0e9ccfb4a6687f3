import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboards } from '#infra/monitoring/dashboard-panels.ts';
import { renderDashboard } from '#infra/monitoring/render-dashboard.ts';

/** `npm run dashboards`: writes `infra/monitoring/grafana/`, which a test holds to be fresh. */
for (const dashboard of dashboards) {
  writeFileSync(join(import.meta.dirname, 'grafana', `${dashboard.name}.json`), renderDashboard(dashboard));
}
