import { counter, gauge } from '@creatorr/service/metrics';
import { readWhenScraped } from '@creatorr/service/scrape';

const runs = counter({
	name: 'creatorr_chore_runs_total',
	help: 'Runs of chores that this process has had a part in, by chore and outcome: done, failed, broken off',
	labels: ['chore', 'outcome'],
});

const things = counter({
	name: 'creatorr_chore_things_total',
	help: 'What chores that this process brought to their end have done, by chore and kind, as their log lines count it',
	labels: ['chore', 'kind'],
});

const successAge = gauge({
	name: 'creatorr_chore_last_success_age_seconds',
	help: 'How long ago a chore was last brought to its end by any process, by chore; the same for all replicas',
	labels: ['chore'],
});

const due = gauge({
	name: 'creatorr_files_due',
	help: 'Files that the sweeper has to look at by now, counted up to 10,000; the same for all replicas',
});

const oldestDue = gauge({
	name: 'creatorr_files_oldest_due_age_seconds',
	help: 'Since when the oldest of them is due; 0 where none is',
});

export function countRun(chore: string, outcome: 'done' | 'failed' | 'broken off'): void {
	runs.inc({ chore, outcome });
}

/** `counts` by kinds that the chore names. */
export function countThings(chore: string, counts: Readonly<Record<string, number>>): void {
	for (const [kind, count] of Object.entries(counts)) things.inc({ chore, kind }, count);
}

export interface ChoreFigures {
	due: number;
	oldestDueAgeSeconds: number;
	/** Of the chores that have come to an end before. */
	successAgeSeconds: ReadonlyMap<string, number>;
}

/** Shows how far retention is behind and when each chore was last done. */
export function showChores(read: () => Promise<ChoreFigures>): { stop(): void } {
	return readWhenScraped({
		name: 'chores',
		gauges: [due, oldestDue, successAge],
		read,
		show(figures) {
			due.set(figures.due);
			oldestDue.set(figures.oldestDueAgeSeconds);
			for (const [chore, seconds] of figures.successAgeSeconds) successAge.set({ chore }, seconds);
		},
	});
}
