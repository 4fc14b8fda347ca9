import type { ServiceName } from '@creatorr/contracts/operation';
import { rangesOf } from '@creatorr/service/address-network';
import { type Exchange, isAbandoned } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { createRoundRobinQueue, type RoundRobinQueue } from './round-robin-queue.ts';
import { waitForTurn } from './wait-for-turn.ts';

type ServicePermitLimits = Pick<Limits, 'servicePermits' | 'servicePermitQueueMs' | 'servicePermitMs'>;

/**
 * Resolves when an unauthenticated request may go to the service, or has ended. Rejects with `rate_limited` after `servicePermitQueueMs`.
 */
export type WaitForServicePermit = (exchange: Exchange, service: ServiceName) => Promise<void>;

/**
 * Limits the unauthenticated requests of all networks at one service: they share its event loop and its database connections with the requests
 * of users. Networks take turns: IPv4 addresses and IPv6 /48, and within a /48 its networks. A request keeps its permit until its response ends,
 * for at most `servicePermitMs`, because a sign-in may wait for seconds in auth's queue for passwords. If the client disconnects early, the
 * request keeps it for all that time, because the service still works on it.
 */
export function createServicePermits(limits: ServicePermitLimits): WaitForServicePermit {
	const queues = new Map<ServiceName, RoundRobinQueue>();

	function queueOf(service: ServiceName): RoundRobinQueue {
		const queue = queues.get(service) ?? createRoundRobinQueue(limits.servicePermits);
		queues.set(service, queue);
		return queue;
	}

	return (exchange, service) => {
		const { res, clientNetwork } = exchange;
		const network = rangesOf(clientNetwork).at(-1)?.range ?? clientNetwork;
		async function holdPermit(): Promise<void> {
			const permit = Promise.withResolvers<void>();
			const expiry = setTimeout(permit.resolve, limits.servicePermitMs).unref();
			res.once('close', () => {
				if (!isAbandoned(exchange)) permit.resolve();
			});
			await permit.promise;
			clearTimeout(expiry);
		}
		const owner = { network, userId: clientNetwork };
		const wait = { owner, waitMs: limits.servicePermitQueueMs, limit: 'all_anonymous' } as const;
		return waitForTurn(queueOf(service), exchange, wait, holdPermit);
	};
}
