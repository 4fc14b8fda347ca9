import type { Logger } from '@creatorr/service/logger';
import { repeat } from './background.ts';
import type { Lease } from './domain/lease.ts';

interface Deps {
	lease: Pick<Lease, 'renew'>;
	logger: Logger;
	renewalMs: number;
}

/** A refused instance asks again under its new id so soon. */
const ASK_AGAIN_MS = 50;

/** Renews the lease until the signal aborts. What goes wrong is logged when it begins, not at each attempt. */
export function keepLease({ lease, logger, renewalMs }: Deps, signal: AbortSignal): Promise<void> {
	let isFailing = false;
	return repeat(async () => {
		try {
			const granted = await lease.renew();
			if (isFailing && granted) logger.info('gateway.lease_regained');
			if (granted) isFailing = false;
			return granted ? renewalMs : ASK_AGAIN_MS;
		} catch (error) {
			if (!isFailing) logger.warn('gateway.lease_not_renewed', { error });
			isFailing = true;
			return renewalMs;
		}
	}, signal);
}
