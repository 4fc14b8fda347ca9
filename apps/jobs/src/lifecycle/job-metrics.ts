import { counter, histogram } from '@creatorr/service/metrics';
import { loadCatalog } from '@creatorr/tools/catalog';

const TOOLS = [...(await loadCatalog()).keys()];

const ended = counter({
	name: 'creatorr_jobs_ended_total',
	help: 'Ended jobs, by tool, outcome and, for failed jobs, error code',
	labels: ['tool', 'outcome', 'error_code'],
	initial: TOOLS.flatMap((tool) =>
		['internal', 'worker_lost'].map((error_code) => ({ tool, outcome: 'failed', error_code })),
	),
});

const lost = counter({
	name: 'creatorr_job_attempts_lost_total',
	help: 'Attempts whose worker stopped sending heartbeats, or whose outcome was dead-lettered or named a missing output, by tool',
	labels: ['tool'],
	initial: TOOLS.map((tool) => ({ tool })),
});

const RETURN_REASONS = ['shutdown', 'no_background_slot', 'preempted'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

const returned = counter({
	name: 'creatorr_job_attempts_returned_total',
	help: 'Attempts that ended unfinished, by tool and reason: shutdown of the worker, or for a long job no_background_slot, or preempted by the job of another user',
	labels: ['tool', 'reason'],
	initial: TOOLS.flatMap((tool) => RETURN_REASONS.map((reason) => ({ tool, reason }))),
});

const waited = histogram({
	name: 'creatorr_job_wait_seconds',
	help: 'Time from a job’s creation to its first start, by tool',
	labels: ['tool'],
	buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400],
});

const ran = histogram({
	name: 'creatorr_job_run_seconds',
	help: 'Time from a job’s first start to its end, including lost attempts, by tool and outcome',
	labels: ['tool', 'outcome'],
	buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600],
});

interface EndedJob {
	tool: string;
	outcome: 'succeeded' | 'failed' | 'canceled';
	errorCode: string | null;
	/** Null if it never started. */
	startedAt: Date | null;
	finishedAt: Date;
}

export function countEnded({ tool, outcome, errorCode, startedAt, finishedAt }: EndedJob): void {
	ended.inc({ tool, outcome, error_code: errorCode ?? '' });
	if (startedAt) ran.observe({ tool, outcome }, secondsBetween(startedAt, finishedAt));
}

export function countLost(tool: string): void {
	lost.inc({ tool });
}

export function countReturned(tool: string, reason: ReturnReason): void {
	returned.inc({ tool, reason });
}

export function countStarted(job: { tool: string; createdAt: Date; startedAt: Date }): void {
	waited.observe({ tool: job.tool }, secondsBetween(job.createdAt, job.startedAt));
}

/** Both by the database's clock. */
function secondsBetween(from: Date, to: Date): number {
	return Math.max(0, to.getTime() - from.getTime()) / 1_000;
}
