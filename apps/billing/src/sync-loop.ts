import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@creatorr/contracts/ids';
import { withRequestId } from '@creatorr/service/context';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import type { CustomerStore } from './domain/stores.ts';
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

/** Stripe is asked for so many customers at once. */
const AT_ONCE = 4;
/** For what became due by the time alone, and for a wake-up that was lost. */
const POLL_MS = 1_000;

/** Makes due customers what Stripe says, one after the other; several processes never take the same one. */
export function startSyncLoop(deps: SyncLoopDeps): SyncLoop {
	const stopping = new AbortController();
	let interrupt = new AbortController();

	/** False when nobody is due. A failure is about one customer, who waits; the others go on. */
	async function syncOne(): Promise<boolean> {
		let userId = '';
		try {
			const wasDue = await withRequestId(newId('req'), () =>
				deps.customers.withDueCustomer(async (locked) => {
					userId = locked.customer.userId;
					await syncCustomer(deps, locked);
				}),
			);
			if (wasDue) crashPoint('billing.sync.committed');
			return wasDue;
		} catch (error) {
			deps.logger.warn('customer.sync_failed', { user_id: userId, error });
			if (userId === '') return false;
			await deps.customers.postpone(userId);
			return true;
		}
	}

	async function drain(): Promise<void> {
		while (!stopping.signal.aborted && (await syncOne())) {
			// As long as there are some.
		}
	}

	async function run(): Promise<void> {
		while (!stopping.signal.aborted) {
			interrupt = new AbortController();
			await Promise.all(Array.from({ length: AT_ONCE }, drain)).catch((error: unknown) => {
				deps.logger.warn('sync.failed', { error });
			});
			await sleep(POLL_MS, undefined, { signal: interrupt.signal }).catch(() => undefined);
		}
	}

	const running = run();
	return {
		wake: () => interrupt.abort(),
		async stop() {
			stopping.abort();
			interrupt.abort();
			await running;
		},
	};
}
