import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import type { Lease } from './lease.ts';

interface LeaseRenewerOptions {
	lease: Pick<Lease, 'renew' | 'isValid'>;
	logger: Pick<Logger, 'info' | 'warn'>;
	/** Maximum time between the starts of two attempts while the lease is valid. */
	renewalMs: number;
	/** The same while it is invalid and every authenticated request is refused. */
	retryMs: number;
	/** Runs {@link renewLease} soon. */
	wake(): void;
}

export interface LeaseRenewer {
	/** Starts an attempt, unless too many are pending. */
	beginAttempt(): void;
	/** Time until the next attempt. */
	intervalMs(): number;
}

/** A short lease is renewed more often, so that some calls may fail. */
const RENEWALS_PER_LEASE = 5;

/** Limit of pending attempts. A hanging attempt must not delay the next, which uses another connection. */
const MAX_PENDING = 4;

const RETRY_AFTER_REFUSAL_MS = 50;

/**
 * Attempts to renew the lease repeatedly, without waiting for earlier attempts. One response within the lease is enough. Logs the first
 * failure and the recovery, not every attempt. A shutdown does not wait for pending attempts: a closed lease ignores their responses.
 */
export function createLeaseRenewer({
	lease,
	logger,
	renewalMs,
	retryMs,
	wake,
}: LeaseRenewerOptions): LeaseRenewer {
	let pending = 0;
	let isFailing = false;
	/** Duration of the last grant. A response to an earlier term doesn't change it. */
	let grantedMs = 0;

	async function attempt(): Promise<void> {
		try {
			const renewedMs = await lease.renew();
			if (renewedMs === 0) {
				// Fenced, or too late: a new term has begun under another instance id.
				await sleep(RETRY_AFTER_REFUSAL_MS);
				return wake();
			}
			grantedMs = renewedMs;
			if (isFailing) logger.info('gateway.lease_regained');
			isFailing = false;
		} catch (error) {
			if (!isFailing) logger.warn('gateway.lease_renewal_failed', { error });
			isFailing = true;
		}
	}

	return {
		beginAttempt() {
			if (pending >= MAX_PENDING) return;
			pending += 1;
			void attempt().finally(() => {
				pending -= 1;
			});
		},
		intervalMs: () => (lease.isValid() ? Math.min(renewalMs, grantedMs / RENEWALS_PER_LEASE) : retryMs),
	};
}

/** Stops last: requests need the lease until they end. */
export const renewLease = defineTask<{ leaseRenewer: LeaseRenewer }>({
	name: 'renew_lease',
	everyMs: ({ leaseRenewer }) => leaseRenewer.intervalMs(),
	stopsLast: true,
	run: async ({ leaseRenewer }) => leaseRenewer.beginAttempt(),
});
