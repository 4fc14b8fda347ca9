import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import type { Lease } from './domain/lease.ts';

interface Deps {
	lease: Pick<Lease, 'renew'>;
	logger: Logger;
	/** The longest between renewals. */
	renewalMs: number;
}

/** A lease is renewed so many times in its life, so that one call may fail. */
const RENEWALS_PER_LEASE = 3;

/** A refused instance asks again under its new id so soon. */
const ASK_AGAIN_MS = 50;

/** Renews the lease again and again. What goes wrong is logged when it begins, not at each attempt. */
export function keepLease({ lease, logger, renewalMs }: Deps): Repeater {
	let isFailing = false;

	/** When the next renewal is due, counted from before this one. */
	async function renew(): Promise<number> {
		try {
			const grantedMs = await lease.renew();
			if (grantedMs === 0) return ASK_AGAIN_MS;
			if (isFailing) logger.info('gateway.lease_regained');
			isFailing = false;
			return Math.min(renewalMs, grantedMs / RENEWALS_PER_LEASE);
		} catch (error) {
			if (!isFailing) logger.warn('gateway.lease_not_renewed', { error });
			isFailing = true;
			return renewalMs;
		}
	}

	let intervalMs = renewalMs;
	const run = async () => {
		intervalMs = await renew();
	};
	return repeat({ name: 'gateway.lease', intervalMs: () => intervalMs, run, logger });
}
