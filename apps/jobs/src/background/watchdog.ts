import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import type { LostAttempt } from '../data/expire-leases.ts';
import { createLeaseGrace } from '../domain/lease-grace.ts';

interface WatchdogOptions {
	leaseMs: number;
	/** Rejects when the database does not answer. */
	ping(): Promise<void>;
	expireLeases(): Promise<LostAttempt[]>;
	/** Their jobs were handed out again, or have failed. */
	onLost(lost: LostAttempt[]): void;
	logger: Logger;
}

const LOOK_EVERY_MS = 1_000;
/** Two looks and more missed: the database or this process was away, and no heartbeat can have been noted. */
const MAX_GAP_MS = 3_000;

/** Takes jobs from workers that were not heard for a whole lease. */
export function startWatchdog(options: WatchdogOptions): Repeater {
	const { leaseMs, logger } = options;
	const mayExpire = createLeaseGrace({ leaseMs, maxGapMs: MAX_GAP_MS, startMs: performance.now() });
	const work = async () => {
		await options.ping();
		if (!mayExpire(performance.now())) return;
		const lost = await options.expireLeases();
		if (lost.length > 0) crashPoint('jobs.expire.committed');
		for (const { jobId, attempt, workerId, failed } of lost) {
			logger.warn('job.attempt_lost', { job_id: jobId, attempt, worker_id: workerId, failed });
		}
		if (lost.length > 0) options.onLost(lost);
	};
	return repeat({ name: 'watchdog', intervalMs: LOOK_EVERY_MS, run: work, logger });
}
