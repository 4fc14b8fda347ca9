import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { countSync } from './billing-metrics.ts';
import type { CustomerStore, Due } from './domain/stores.ts';
import { type SyncDeps, syncCustomer } from './domain/sync-customer.ts';

interface SyncLoopDeps extends SyncDeps {
	customers: Pick<CustomerStore, 'withDueCustomer' | 'postpone'>;
	logger: Logger;
}

export interface SyncLoop {
	/** Some customer may be due. */
	wake(): void;
	stop(): Promise<void>;
}

/**
 * Stripe is asked for so many customers at once. One place is kept for events, however many are due by the time, and one for
 * these, as events that were lost would else never be made up for while others come without end.
 */
const DUE_OF_LOOPS: readonly Due[] = ['events', 'events first', 'events first', 'time first'];
/** For what became due by the time alone, and for a wake-up that was lost. */
const POLL_MS = 1_000;

/** Makes due customers what Stripe says, one after the other; several processes never take the same one. */
export function startSyncLoop(deps: SyncLoopDeps): SyncLoop {
	const stopping = new AbortController();
	const loops = DUE_OF_LOOPS.map((due) => startLoop(deps, due, stopping.signal));
	return {
		wake() {
			for (const loop of loops) loop.wake();
		},
		async stop() {
			stopping.abort();
			for (const loop of loops) loop.wake();
			await Promise.all(loops.map(({ ended }) => ended));
		},
	};
}

/** Each goes its own way: one that Stripe lets wait keeps no other from what has become due meanwhile. */
function startLoop(deps: SyncLoopDeps, due: Due, stopping: AbortSignal) {
	let interrupt = new AbortController();
	async function run(): Promise<void> {
		while (!stopping.aborted) {
			interrupt = new AbortController();
			await drain(deps, due, stopping).catch((error: unknown) => {
				deps.logger.warn('sync.failed', { error });
			});
			if (stopping.aborted) return;
			await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
		}
	}
	return { wake: () => interrupt.abort(), ended: run() };
}

async function drain(deps: SyncLoopDeps, due: Due, stopping: AbortSignal): Promise<void> {
	while (!stopping.aborted && (await syncOne(deps, due))) {
		// As long as there are some.
	}
}

/** False when nobody is due. A failure is about one customer, who waits; the others go on. */
async function syncOne(deps: SyncLoopDeps, due: Due): Promise<boolean> {
	let userId = '';
	try {
		const wasDue = await withRequestId(newId('req'), () =>
			deps.customers.withDueCustomer(due, async (locked) => {
				userId = locked.customer.userId;
				await syncCustomer(deps, locked);
			}),
		);
		if (!wasDue) return false;
		countSync('done');
		crashPoint('billing.sync.committed');
		return true;
	} catch (error) {
		countSync('failed');
		deps.logger.warn('customer.sync_failed', { user_id: userId, error });
		if (userId === '') return false;
		await deps.customers.postpone(userId);
		return true;
	}
}
