import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { defineTask } from '@creatorr/service/task';
import type { Customers, DueOrder } from '../customers/customers.sql.ts';
import { stripeErrorFields } from '../stripe/stripe.ts';
import { SYNC_CHANNEL } from '../webhook/stripe-events.sql.ts';
import { type SyncDeps, syncCustomer } from './sync-customer.ts';

interface SyncTaskDeps extends SyncDeps {
	customers: Pick<Customers, 'withDueCustomer' | 'postpone'>;
	logger: Logger;
}

/**
 * Each entry is a task that syncs one customer at a time. One handles only customers with events, however many are due by time. One prefers
 * customers that are due by time, so that lost events are found even under a constant stream of events.
 */
const ORDERS: readonly DueOrder[] = ['events only', 'events first', 'events first', 'time first'];
/** Finds customers that are due by time, and those whose notification was lost. */
const POLL_MS = 1_000;
/** Notifications wake the other tasks. They poll as a fallback, for example while the `time first` task waits for Stripe. */
const SAFETY_POLL_MS = 5_000;

const syncs = counter({
	name: 'creatorr_customer_syncs_total',
	help: 'Customers synced from Stripe, by outcome: done, failed (retried)',
	labels: ['outcome'],
	initial: ['done', 'failed'].map((outcome) => ({ outcome })),
});

/** Applies Stripe's state to due customers. A task that waits for Stripe delays no other; processes never sync the same customer. */
export const syncTasks = ORDERS.map((order, index) =>
	defineTask<SyncTaskDeps>({
		name: `customer_sync_${index + 1}`,
		everyMs: order === 'time first' ? POLL_MS : SAFETY_POLL_MS,
		on: [SYNC_CHANNEL],
		async run(deps, stopping) {
			while (!stopping.aborted && (await syncOne(deps, order)));
		},
	}),
);

/** Returns false if no customer is due. A failure postpones only its customer. */
async function syncOne(deps: SyncTaskDeps, order: DueOrder): Promise<boolean> {
	let userId = '';
	try {
		const wasDue = await withRequestId(newId('req'), () =>
			deps.customers.withDueCustomer(order, async (locked) => {
				userId = locked.customer.userId;
				await syncCustomer(deps, locked);
			}),
		);
		if (!wasDue) return false;
		syncs.inc({ outcome: 'done' });
		crashPoint('billing.sync.committed');
		return true;
	} catch (error) {
		syncs.inc({ outcome: 'failed' });
		if (userId === '') throw error;
		deps.logger.warn('customer.sync_failed', { user_id: userId, ...stripeErrorFields(error), error });
		await deps.customers.postpone(userId);
		return true;
	}
}
