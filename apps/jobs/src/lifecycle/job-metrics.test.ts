import { renderMetrics } from '@creatorr/service/metrics';
import { loadCatalog } from '@creatorr/tools/catalog';
import { expect, test } from '@jest/globals';
import './job-metrics.ts';

test('exposes the series that alerts use with 0 from the start, for every tool', async () => {
	const lines = (await renderMetrics()).text.split('\n');
	const tools = [...(await loadCatalog()).keys()];
	expect(tools).not.toEqual([]);
	for (const tool of tools) {
		expect(lines).toContain(`creatorr_job_attempts_lost_total{tool="${tool}"} 0`);
		for (const code of ['internal', 'worker_lost'])
			expect(lines).toContain(
				`creatorr_jobs_ended_total{tool="${tool}",outcome="failed",error_code="${code}"} 0`,
			);
	}
});
