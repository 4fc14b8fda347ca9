import { type Repeater, repeat } from '@creatorr/service/repeat';
import { countRun, countThings } from './chore-metrics.ts';
import { abortStaleUploads, type StaleUploadDeps } from './domain/sweep/abort-stale-uploads.ts';
import { type FollowDeps, followPlans } from './domain/sweep/follow-plans.ts';
import { type PurgeDeps, purge } from './domain/sweep/purge.ts';
import { type ReconcileDeps, reconcile } from './domain/sweep/reconcile.ts';
import { type SweepDeps, sweep } from './domain/sweep/sweep.ts';

type SweeperDeps = SweepDeps &
	FollowDeps &
	PurgeDeps &
	StaleUploadDeps &
	ReconcileDeps & { sweepIntervalMs: number };

export interface Sweeper {
	/** A plan has changed. */
	followPlans(): void;
	/** Lets what is going on come to its end. */
	stop(): Promise<void>;
}

/** Chores know themselves when they are due; this is how often they are asked. */
const CHORE_INTERVAL_MS = 60_000;

/** Removes the bytes of files that are gone, for as long as the process lives; logs and notes what was done. */
export function startSweeper(deps: SweeperDeps): Sweeper {
	const { logger, sweepIntervalMs } = deps;
	const every = (intervalMs: number, name: string, run: (stopping: AbortSignal) => Promise<void>) =>
		repeat({ name, intervalMs, run, logger });
	const following = every(sweepIntervalMs, 'plans', (stopping) => followPlans(deps, stopping));
	const running: Repeater[] = [
		following,
		every(sweepIntervalMs, 'sweep', (stopping) => sweepAndReport(deps, stopping)),
		every(CHORE_INTERVAL_MS, 'purge', (stopping) => purge(deps, stopping)),
		every(CHORE_INTERVAL_MS, 'stale-uploads', (stopping) => abortStaleUploads(deps, stopping)),
		every(CHORE_INTERVAL_MS, 'reconciliation', (stopping) => reconcile(deps, stopping)),
	];
	return {
		followPlans: following.wake,
		async stop() {
			await Promise.all(running.map((part) => part.stop()));
		},
	};
}

async function sweepAndReport(deps: SweeperDeps, stopping: AbortSignal): Promise<void> {
	const begunAt = new Date();
	const counts = await sweep(deps, stopping).catch((error: unknown) => {
		countRun('sweep', 'failed');
		throw error;
	});
	countRun('sweep', 'done');
	countThings('sweep', counts);
	if (Object.values(counts).some((count) => count > 0)) deps.logger.info('sweep.done', { ...counts });
	await deps.chores.report('sweep', { begunAt, counts });
}
