import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import type { Lease } from './domain/lease.ts';

interface Deps {
	lease: Pick<Lease, 'renew' | 'isValid'>;
	logger: Logger;
	/** The longest between the beginnings of two attempts while the lease is valid. */
	renewalMs: number;
	/** The same while it is not, when every signed-in request is refused. */
	retryMs: number;
}

/** A short lease is renewed more often, so that some calls may fail. */
const RENEWALS_PER_LEASE = 5;

/** Attempts that wait for auth at once: one that hangs must not keep the next from being made on another connection. */
const MAX_PENDING = 4;

const ASK_AGAIN_MS = 50;

/**
 * Renews the lease again and again, whether or not earlier attempts were answered: one answer within the lease's life is
 * enough. The log has the first failure and the recovery, not every attempt. Attempts that are pending when it stops are not
 * waited for: a lease that was closed meanwhile ignores their answers.
 */
export function startLeaseRenewer({ lease, logger, renewalMs, retryMs }: Deps): Repeater {
	let pending = 0;
	let isFailing = false;
	/** By the last grant. An answer to an earlier term leaves it as it is. */
	let grantedMs = 0;

	async function attempt(): Promise<void> {
		try {
			const renewedMs = await lease.renew();
			if (renewedMs === 0) {
				// Fenced, or answered too late: a new term has begun, under its own instance id.
				await sleep(ASK_AGAIN_MS);
				return repeater.wake();
			}
			grantedMs = renewedMs;
			if (isFailing) logger.info('gateway.lease_regained');
			isFailing = false;
		} catch (error) {
			if (!isFailing) logger.warn('gateway.lease_not_renewed', { error });
			isFailing = true;
		}
	}

	const repeater: Repeater = repeat({
		name: 'gateway.lease',
		intervalMs: () => (lease.isValid() ? Math.min(renewalMs, grantedMs / RENEWALS_PER_LEASE) : retryMs),
		async run() {
			if (pending >= MAX_PENDING) return;
			pending += 1;
			void attempt().finally(() => {
				pending -= 1;
			});
		},
		logger,
	});
	return repeater;
}
