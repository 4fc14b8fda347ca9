import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import { countSync } from './billing-metrics.ts';
import { SYNC_CHANNEL } from './data/stripe-events.ts';
import type { CustomerStore, Due } from './domain/stores.ts';
import { type SyncDeps, syncCustomer } from './domain/sync-customer.ts';

interface SyncTaskDeps extends SyncDeps {
	customers: Pick<CustomerStore, 'withDueCustomer' | 'postpone'>;
	logger: Logger;
}

/**
 * Each syncs one customer at a time. One is reserved for customers with events, however many are due by time, and one for
 * customers that are due by time: those make up for lost events, also while other events never stop.
 */
const DUE_OF_TASKS: readonly Due[] = ['events', 'events first', 'events first', 'time first'];
/** Finds customers that became due by time, and those whose notification was lost. */
const POLL_MS = 1_000;

/** Makes due customers what Stripe says. A task that waits for Stripe delays no other; processes never take the same customer. */
export const syncTasks = DUE_OF_TASKS.map((due, index) =>
	defineTask<SyncTaskDeps>({
		name: `customer_sync_${index + 1}`,
		everyMs: POLL_MS,
		on: [SYNC_CHANNEL],
		async run(deps, stopping) {
			while (!stopping.aborted && (await syncOne(deps, due)));
		},
	}),
);

/** Returns false when no customer is due. A failure postpones its customer; the others go on. */
async function syncOne(deps: SyncTaskDeps, due: Due): Promise<boolean> {
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
		if (userId === '') throw error;
		deps.logger.warn('customer.sync_failed', { user_id: userId, error });
		await deps.customers.postpone(userId);
		return true;
	}
}
