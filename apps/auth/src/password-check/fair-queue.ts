import { AppError } from '@creatorr/contracts/errors';
import { siteOf } from '@creatorr/service/address-network';
import { isBusier, type SiteLoads, trackSiteLoads } from './site-load.ts';

/**
 * What a request waits for. Each kind has its own queue, so that a flood of one doesn't affect the others. Attackers can't flood
 * `known-sign-in`, because its requests come from networks that the account has signed in from.
 */
type QueueKind = 'sign-in' | 'known-sign-in' | 'register' | 'session' | 'mailed-token';

/** A request for a turn. */
export interface QueueRequest {
	kind: QueueKind;
	network: string;
	/** Aborted when the client disconnects. */
	clientGone: AbortSignal;
}

interface QueueOptions {
	/** Work that runs at a time. */
	concurrency: number;
	/** Limit of waiters of each kind. */
	maxWaiting: number;
	/** A waiting request is refused after this time. Shorter than the time after which its caller gives up. */
	maxWaitMs: number;
	/** Retry-After of refused requests. */
	retryAfterSeconds: number;
}

/** Runs the work in its turn. Throws `rate_limited` if the queue is full or too slow, or the client disconnects. */
export type FairQueue = <T>(request: QueueRequest, work: () => Promise<T>) => Promise<T>;

interface Waiter {
	start(): void;
	refuse(why: string): void;
}

/** Waiters by site. Here a site is an IPv6 /56 or a single IPv4 address. The /56 of one /48 also share turns, see {@link trackSiteLoads}. */
type Waiting = Map<string, Waiter[]>;

function countOf(waiting: Waiting): number {
	return [...waiting.values()].reduce((total, { length }) => total + length, 0);
}

function removeFrom(waiting: Waiting, site: string, waiter: Waiter): void {
	const left = (waiting.get(site) ?? []).filter((one) => one !== waiter);
	if (left.length === 0) waiting.delete(site);
	else waiting.set(site, left);
}

/** Removes and returns the first waiter of the site that had the fewest turns; among equals, of the site that waits longest. */
function takeNext(waiting: Waiting, loads: SiteLoads): Waiter | undefined {
	const [site] = [...waiting.keys()].toSorted((a, b) => loads.of(a).turns - loads.of(b).turns);
	const [next, ...others] = waiting.get(site ?? '') ?? [];
	if (site === undefined) return undefined;
	waiting.delete(site);
	if (others.length > 0) waiting.set(site, others);
	return next;
}

/** Refuses the last waiter of the busiest site, to make room for one of this site. Returns false if no site is busier than this one. */
function makeRoom(waiting: Waiting, site: string, loads: SiteLoads): boolean {
	const busiest = [...waiting.keys()].reduce(
		(most, other) => (isBusier(loads.of(other), loads.of(most)) ? other : most),
		site,
	);
	const last = waiting.get(busiest)?.at(-1);
	if (busiest === site || !last) return false;
	removeFrom(waiting, busiest, last);
	last.refuse('the queue is full of others with fewer turns');
	return true;
}

interface WaitOptions {
	maxWaitMs: number;
	refuse(why: string): AppError;
}

/** Waits behind the other requests of the site. Resolves when the request has its turn. */
async function waitInQueue(
	waiting: Waiting,
	{ site, countTurn, clientGone }: { site: string; countTurn(): void; clientGone: AbortSignal },
	{ maxWaitMs, refuse }: WaitOptions,
): Promise<void> {
	const turn = Promise.withResolvers<void>();
	const waiter = { start: turn.resolve, refuse: (why: string) => turn.reject(refuse(why)) };
	const leave = (why: string) => {
		removeFrom(waiting, site, waiter);
		waiter.refuse(why);
	};
	const onGone = () => {
		// Costs a turn: otherwise clients that hang up before theirs could occupy the queue forever.
		countTurn();
		leave('the client went away');
	};
	waiting.set(site, [...(waiting.get(site) ?? []), waiter]);
	clientGone.addEventListener('abort', onGone, { once: true });
	const timer = setTimeout(leave, maxWaitMs, 'the queue is too slow');
	await turn.promise.finally(() => {
		clearTimeout(timer);
		clientGone.removeEventListener('abort', onGone);
	});
}

function refusal(why: string, retryAfterSeconds: number): AppError {
	return new AppError('rate_limited', 'Sign-in is busy. Try again in a moment.', {
		cause: new Error(why),
		retryAfterSeconds,
	});
}

/**
 * Creates a queue in which the kinds take turns, and within a kind the sites: the site that recently had the fewest turns is next. When a
 * queue is full, a request takes the last slot of the busiest site, unless its own is as busy. A full queue causes 429 and not 503: sign-in
 * is limited but not down, and a flood must not page anybody. Work of a disconnected client is dropped.
 */
export function createFairQueue(options: QueueOptions): FairQueue {
	const queues = new Map<QueueKind, Waiting>();
	const loads = trackSiteLoads();
	let running = 0;
	const refuse = (why: string) => refusal(why, options.retryAfterSeconds);

	function waitingOf(kind: QueueKind): Waiting {
		const waiting = queues.get(kind) ?? new Map();
		queues.set(kind, waiting);
		return waiting;
	}

	async function waitForTurn({ kind, clientGone }: QueueRequest, site: string): Promise<void> {
		const waiting = waitingOf(kind);
		if (countOf(waiting) >= options.maxWaiting && !makeRoom(waiting, site, loads))
			throw refuse('the queue is full');
		const request = { site, countTurn: () => loads.count(site, 'turns'), clientGone };
		await waitInQueue(waiting, request, { refuse, maxWaitMs: options.maxWaitMs });
	}

	/** Starts the next waiter. */
	function endTurn(): void {
		for (const [kind, waiting] of queues) {
			const next = takeNext(waiting, loads);
			if (!next) continue;
			// Moves the kind to the end: the others come first now.
			queues.delete(kind);
			queues.set(kind, waiting);
			next.start();
			return;
		}
		running -= 1;
	}

	return async (request, work) => {
		if (request.clientGone.aborted) throw refuse('the client went away');
		const site = siteOf(request.network) ?? request.network;
		loads.count(site, 'requests');
		if (running < options.concurrency) running += 1;
		else await waitForTurn(request, site);
		loads.count(site, 'turns');
		try {
			return await work();
		} finally {
			endTurn();
		}
	};
}
