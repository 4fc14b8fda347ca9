import { siteOf } from '@creatorr/service/address-network';
import { type Exchange, isEnded } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { createRoundRobinQueue } from './round-robin-queue.ts';
import { waitForTurn } from './wait-for-turn.ts';

type ConnectLimits = Pick<Limits, 'concurrentConnects' | 'connectQueueMs' | 'connectPermitMs'>;

/**
 * Resolves when a long poll or event stream may connect to its service, or has ended. Rejects with `rate_limited` after `connectQueueMs`.
 */
export type WaitToConnect = (exchange: Exchange) => Promise<void>;

/**
 * Limits the long polls and event streams that connect to services at a time. A service accepts one connection in each iteration of its event
 * loop, in the order of their arrival: on a busy machine, hundreds of them would delay short requests of other users by seconds. Networks take
 * turns, an IPv6 site as one, and so do the users of a network. A request holds its permit until its service is known to have accepted the
 * connection, for at most `connectPermitMs`, even if its client disconnects: the closed connection still waits to be accepted. Without turns of
 * networks, a few accounts of one network whose clients disconnect at once would take all permits.
 */
export function createConnectQueue(limits: ConnectLimits): WaitToConnect {
	const enqueue = createRoundRobinQueue(limits.concurrentConnects);
	return (exchange) => {
		async function holdPermit(): Promise<void> {
			if (isEnded(exchange)) return;
			const permit = Promise.withResolvers<void>();
			exchange.releaseConnectPermit = permit.resolve;
			const expiry = setTimeout(permit.resolve, limits.connectPermitMs).unref();
			await permit.promise;
			clearTimeout(expiry);
		}
		const network = siteOf(exchange.clientNetwork) ?? exchange.clientNetwork;
		const owner = { network, userId: exchange.credential?.userId };
		const wait = { owner, waitMs: limits.connectQueueMs, limit: 'connects' } as const;
		return waitForTurn(enqueue, exchange, wait, holdPermit);
	};
}
