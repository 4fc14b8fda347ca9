import type { ServiceName } from '@creatorr/contracts/operation';
import { rangesOf } from '@creatorr/service/address-network';
import { type Exchange, isAbandoned } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { rateLimited } from '../requests/rate-limited.ts';
import { createRoundRobinQueue, type RoundRobinQueue } from './round-robin-queue.ts';

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
		const turn = Promise.withResolvers<void>();
		const waiting = new AbortController();
		const timer = setTimeout(() => waiting.abort(), limits.servicePermitQueueMs).unref();
		res.once('close', () => waiting.abort());
		const network = rangesOf(clientNetwork).at(-1)?.range ?? clientNetwork;
		async function holdPermit(): Promise<void> {
			turn.resolve();
			const permit = Promise.withResolvers<void>();
			const expiry = setTimeout(permit.resolve, limits.servicePermitMs).unref();
			res.once('close', () => {
				if (!isAbandoned(exchange)) permit.resolve();
			});
			await permit.promise;
			clearTimeout(expiry);
		}
		const leave = () => {
			if (res.closed) turn.resolve();
			else turn.reject(rateLimited('all_anonymous', 1));
		};
		queueOf(service)({ network, userId: clientNetwork }, holdPermit, waiting.signal)
			.catch(leave)
			.finally(() => clearTimeout(timer));
		return turn.promise;
	};
}
