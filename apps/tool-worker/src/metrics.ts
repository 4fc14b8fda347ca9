import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { counter, gauge, histogram } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Workspaces } from '@creatorr/tool-kit/pool/workspaces';
import { onKill } from '@creatorr/tool-kit/sandbox/kill';

const duration = histogram({
	name: 'creatorr_tool_duration_seconds',
	help: 'Run time of tools, by tool and outcome: succeeded, a job error code, or aborted if the job was canceled or returned',
	labels: ['tool', 'outcome'],
	buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800],
});

const inputBytes = counter({
	name: 'creatorr_tool_input_bytes_total',
	help: 'Bytes of downloaded inputs, by tool',
	labels: ['tool'],
});

const outputBytes = counter({
	name: 'creatorr_tool_output_bytes_total',
	help: 'Bytes of uploaded outputs, by tool',
	labels: ['tool'],
});

const running = gauge({
	name: 'creatorr_worker_jobs_running',
	help: 'Jobs that this worker runs, from claim to report, by tool',
	labels: ['tool'],
});

const prewarmed = gauge({
	name: 'creatorr_prewarmed_processes_ready',
	former: { name: 'creatorr_standbys_ready' },
	help: 'Prewarmed processes of this worker that are ready, by tool',
	labels: ['tool'],
});

const kills = counter({
	name: 'creatorr_sandbox_kills_total',
	help: 'Commands killed in their sandbox, by reason: timeout, limit, cancel',
	labels: ['reason'],
	initial: (['timeout', 'limit', 'cancel'] as const).map((reason) => ({ reason })),
});

const scratchFree = gauge({
	name: 'creatorr_scratch_free_bytes',
	help: 'Free bytes on the file system of this worker’s scratch directory',
});

const scratchSize = gauge({
	name: 'creatorr_scratch_size_bytes',
	help: 'Size in bytes of the file system of this worker’s scratch directory',
});

export function recordToolRun(run: { tool: string; outcome: string; durationMs: number }): void {
	duration.observe({ tool: run.tool, outcome: run.outcome }, run.durationMs / 1_000);
}

export function recordInput(tool: string, sizeBytes: number): void {
	inputBytes.inc({ tool }, sizeBytes);
}

export function recordOutput(tool: string, sizeBytes: number): void {
	outputBytes.inc({ tool }, sizeBytes);
}

/** Counts a job as running while the work lasts. */
export async function trackRunning<T>(tool: string, work: () => Promise<T>): Promise<T> {
	running.inc({ tool });
	try {
		return await work();
	} finally {
		running.dec({ tool });
	}
}

/** Counts kills while the service runs. */
export const killMetrics = { start: () => onKill((reason) => kills.inc({ reason })) };

/** The prewarmed processes that are ready. */
export const prewarmedMetrics = defineMetrics<{ workspaces: Pick<Workspaces, 'ready'> }, Map<string, number>>(
	{
		name: 'prewarmed',
		gauges: [prewarmed],
		read: async ({ workspaces }) => workspaces.ready(),
		update(ready) {
			for (const [tool, count] of ready) prewarmed.set({ tool }, count);
		},
	},
);

/** The free space of the scratch disk. */
export const scratchMetrics = defineMetrics<{ scratchDir: string }, StatsFs>({
	name: 'scratch',
	gauges: [scratchFree, scratchSize],
	read: ({ scratchDir }) => statfs(scratchDir),
	update({ bavail, blocks, bsize }) {
		scratchFree.set(bavail * bsize);
		scratchSize.set(blocks * bsize);
	},
});
