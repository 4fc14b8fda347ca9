import { counter, gauge } from '@creatorr/service/metrics';
import { defineMetrics } from '@creatorr/service/scrape';
import type { Deps } from '../deps.ts';
import { readSchedule, type Schedule, type Stored } from './retention-report.sql.ts';

const uploads = counter({
	name: 'creatorr_uploads_total',
	help: 'Files stored, by kind: upload of a user, output of a job',
	labels: ['kind'],
});

const uploadBytes = counter({
	name: 'creatorr_upload_bytes_total',
	help: 'Bytes of files stored, by kind: upload of a user, output of a job',
	labels: ['kind'],
});

const storedFiles = gauge({
	name: 'creatorr_stored_files',
	help: 'Files in storage; counted every 5 minutes, the same for all replicas',
});

const storedBytes = gauge({
	name: 'creatorr_stored_bytes',
	help: 'Bytes of files in storage; counted every 5 minutes, the same for all replicas',
});

/** Names of labels until release 0.3.0. */
const FORMER_LABELS = { task: 'chore' };

const runs = counter({
	name: 'creatorr_task_runs_total',
	help: 'Runs of scheduled tasks in this process, by task and outcome: done, failed, broken off (interrupted: a later run continues)',
	labels: ['task', 'outcome'],
	former: { name: 'creatorr_chore_runs_total', labels: FORMER_LABELS },
});

const items = counter({
	name: 'creatorr_task_items_total',
	help: 'Items processed by scheduled tasks that finished in this process, by task and kind, as in their log lines',
	labels: ['task', 'kind'],
	former: { name: 'creatorr_chore_things_total', labels: FORMER_LABELS },
});

const successAge = gauge({
	name: 'creatorr_task_last_success_age_seconds',
	help: 'Time since a scheduled task last succeeded in any process, by task; the same for all replicas',
	labels: ['task'],
	former: { name: 'creatorr_chore_last_success_age_seconds', labels: FORMER_LABELS },
});

const due = gauge({
	name: 'creatorr_files_due',
	help: 'Files due for the sweep, counted up to 10,000; the same for all replicas',
});

const oldestDue = gauge({
	name: 'creatorr_files_oldest_due_age_seconds',
	help: 'How long the oldest file has been due, or been deleted with its bytes still stored; 0 if there is none',
});

/** Counts a file whose bytes are in the store. */
export function countUpload({ jobId, sizeBytes }: { jobId: string | null; sizeBytes: number }): void {
	const kind = jobId === null ? 'upload' : 'output';
	uploads.inc({ kind });
	uploadBytes.inc({ kind }, sizeBytes);
}

/** Labels of the outcomes. `broken off` is the name of earlier releases, which dashboards query. */
const RUN_LABELS = { done: 'done', failed: 'failed', interrupted: 'broken off' } as const;

/** Counts how a run of a task ended in this process. */
export function countRun(task: string, outcome: keyof typeof RUN_LABELS): void {
	runs.inc({ task, outcome: RUN_LABELS[outcome] });
}

/** Counts the items that a task has processed, by the task's kinds. */
export function countItems(task: string, counts: Readonly<Record<string, number>>): void {
	for (const [kind, count] of Object.entries(counts)) items.inc({ task, kind }, count);
}

/** How much is stored. */
export const storedMetrics = defineMetrics<{ readStored(): Promise<Stored> }, Stored>({
	name: 'stored',
	gauges: [storedFiles, storedBytes],
	read: ({ readStored }) => readStored(),
	update({ files, bytes }) {
		storedFiles.set(files);
		storedBytes.set(bytes);
	},
});

/** How far retention is behind, and when each task last ended. */
export const scheduleMetrics = defineMetrics<Pick<Deps, 'prisma'>, Schedule>({
	name: 'tasks',
	gauges: [due, oldestDue, successAge],
	read: ({ prisma }) => readSchedule(prisma),
	update(schedule) {
		due.set(schedule.due);
		oldestDue.set(schedule.oldestDueAgeSeconds);
		for (const [task, seconds] of schedule.successAgeSeconds) successAge.set({ task }, seconds);
	},
});
