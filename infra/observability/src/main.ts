import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DASHBOARDS } from './dashboards.ts';
import { renderDashboard } from './render-dashboard.ts';

/** Writes the dashboards: `pnpm --filter @creatorr/observability dashboards`. */
for (const dashboard of DASHBOARDS) {
	const path = join(import.meta.dirname, '..', 'grafana', `${dashboard.uid}.json`);
	writeFileSync(path, `${JSON.stringify(renderDashboard(dashboard), null, '\t')}\n`);
}
