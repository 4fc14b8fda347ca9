import { AppError } from '@creatorr/contracts/errors';
import { siteOf } from '@creatorr/service/address-network';
import { isBusier, type RangeLoads, trackRangeLoads } from './range-load.ts';

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

/** Waiters by address range: an IPv6 /56 or a single IPv4 address. The /56 of one /48 also share turns, see {@link trackRangeLoads}. */
type Waiting = Map<string, Waiter[]>;

function countOf(waiting: Waiting): number {
	return [...waiting.values()].reduce((total, { length }) => total + length, 0);
}

function removeFrom(waiting: Waiting, range: string, waiter: Waiter): void {
	const left = (waiting.get(range) ?? []).filter((one) => one !== waiter);
	if (left.length === 0) waiting.delete(range);
	else waiting.set(range, left);
}

/** Removes and returns the first waiter of the range that had the fewest turns; among equals, of the range that waits longest. */
function takeNext(waiting: Waiting, loads: RangeLoads): Waiter | undefined {
	const [range] = [...waiting.keys()].toSorted((a, b) => loads.of(a).turns - loads.of(b).turns);
	const [next, ...others] = waiting.get(range ?? '') ?? [];
	if (range === undefined) return undefined;
	waiting.delete(range);
	if (others.length > 0) waiting.set(range, others);
	return next;
}

/** Refuses the last waiter of the busiest range, to make room for one of this range. Returns false if no range is busier than this one. */
function makeRoom(waiting: Waiting, range: string, loads: RangeLoads): boolean {
	const busiest = [...waiting.keys()].reduce(
		(most, other) => (isBusier(loads.of(other), loads.of(most)) ? other : most),
		range,
	);
	const last = waiting.get(busiest)?.at(-1);
	if (busiest === range || !last) return false;
	removeFrom(waiting, busiest, last);
	last.refuse('the queue is full of others with fewer turns');
	return true;
}

interface WaitOptions {
	maxWaitMs: number;
	refuse(why: string): AppError;
}

/** Waits behind the other requests of the range. Resolves when the request has its turn. */
async function waitInQueue(
	waiting: Waiting,
	{ range, countTurn, clientGone }: { range: string; countTurn(): void; clientGone: AbortSignal },
	{ maxWaitMs, refuse }: WaitOptions,
): Promise<void> {
	const turn = Promise.withResolvers<void>();
	const waiter = { start: turn.resolve, refuse: (why: string) => turn.reject(refuse(why)) };
	const leave = (why: string) => {
		removeFrom(waiting, range, waiter);
		waiter.refuse(why);
	};
	const onGone = () => {
		// Costs a turn: otherwise clients that hang up before theirs could occupy the queue forever.
		countTurn();
		leave('the client went away');
	};
	waiting.set(range, [...(waiting.get(range) ?? []), waiter]);
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
 * Creates a queue in which the kinds take turns, and within a kind the address ranges: the one that recently had the fewest turns is next. When a
 * queue is full, a request takes the last slot of the busiest range, unless its own is as busy. A full queue causes 429 and not 503: sign-in
 * is limited but not down, and a flood must not page anybody. Work of a disconnected client is dropped.
 */
export function createFairQueue(options: QueueOptions): FairQueue {
	const queues = new Map<QueueKind, Waiting>();
	const loads = trackRangeLoads();
	let running = 0;
	const refuse = (why: string) => refusal(why, options.retryAfterSeconds);

	function waitingOf(kind: QueueKind): Waiting {
		const waiting = queues.get(kind) ?? new Map();
		queues.set(kind, waiting);
		return waiting;
	}

	async function waitForTurn({ kind, clientGone }: QueueRequest, range: string): Promise<void> {
		const waiting = waitingOf(kind);
		if (countOf(waiting) >= options.maxWaiting && !makeRoom(waiting, range, loads))
			throw refuse('the queue is full');
		const request = { range, countTurn: () => loads.count(range, 'turns'), clientGone };
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
		const range = siteOf(request.network) ?? request.network;
		loads.count(range, 'requests');
		if (running < options.concurrency) running += 1;
		else await waitForTurn(request, range);
		loads.count(range, 'turns');
		try {
			return await work();
		} finally {
			endTurn();
		}
	};
}
