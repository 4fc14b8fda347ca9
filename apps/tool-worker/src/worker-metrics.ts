import { statfs } from 'node:fs/promises';
import { counter, gauge, histogram } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';
import { onKill } from '@creatorr/tool-kit/sandbox/kill';
import type { Workspaces } from '@creatorr/tool-kit/pool/workspaces';

const duration = histogram({
	name: 'creatorr_tool_duration_seconds',
	help: 'How long tools worked, by tool and outcome: succeeded, an error code of jobs, or ended where the job was not wanted any more',
	labels: ['tool', 'outcome'],
	buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800],
});

const inputBytes = counter({
	name: 'creatorr_tool_input_bytes_total',
	help: 'Bytes of inputs that were fetched, by tool',
	labels: ['tool'],
});

const outputBytes = counter({
	name: 'creatorr_tool_output_bytes_total',
	help: 'Bytes of outputs that tools made, by tool',
	labels: ['tool'],
});

const running = gauge({
	name: 'creatorr_worker_jobs_running',
	help: 'Jobs that this worker has under way, from the claim to the report, by tool',
	labels: ['tool'],
});

const standbys = gauge({
	name: 'creatorr_standbys_ready',
	help: 'Processes of this worker that wait for a job, by tool',
	labels: ['tool'],
});

const kills = counter({
	name: 'creatorr_sandbox_kills_total',
	help: 'Commands that were killed in their sandbox, by reason: timeout, limit, cancel',
	labels: ['reason'],
});

const scratchFree = gauge({
	name: 'creatorr_scratch_free_bytes',
	help: 'Bytes that jobs of this worker may still write where its scratch directory lies',
});

const scratchSize = gauge({
	name: 'creatorr_scratch_size_bytes',
	help: 'Bytes of the file system of the scratch directory of this worker, used or not',
});

for (const reason of ['timeout', 'limit', 'cancel'] as const) kills.inc({ reason }, 0);
onKill((reason) => kills.inc({ reason }));

export function countToolRun(run: { tool: string; outcome: string; durationMs: number }): void {
	duration.observe({ tool: run.tool, outcome: run.outcome }, run.durationMs / 1_000);
}

export function countInput(tool: string, sizeBytes: number): void {
	inputBytes.inc({ tool }, sizeBytes);
}

export function countOutput(tool: string, sizeBytes: number): void {
	outputBytes.inc({ tool }, sizeBytes);
}

/** Counts a job as under way while the work lasts. */
export async function whileRunning<T>(tool: string, work: () => Promise<T>): Promise<T> {
	running.inc({ tool });
	try {
		return await work();
	} finally {
		running.dec({ tool });
	}
}

/** Shows who stands by, whenever somebody scrapes. */
export function showStandbys(workspaces: Pick<Workspaces, 'ready'>): { stop(): void } {
	return readWhenScraped({
		name: 'standbys',
		gauges: [standbys],
		read: async () => workspaces.ready(),
		show(ready) {
			for (const [tool, count] of ready) standbys.set({ tool }, count);
		},
	});
}

/** Shows how full the disk of the scratch directory is, whenever somebody scrapes. */
export function showScratch(directory: string): { stop(): void } {
	return readWhenScraped({
		name: 'scratch',
		gauges: [scratchFree, scratchSize],
		read: () => statfs(directory),
		show({ bavail, blocks, bsize }) {
			scratchFree.set(bavail * bsize);
			scratchSize.set(blocks * bsize);
		},
	});
}
