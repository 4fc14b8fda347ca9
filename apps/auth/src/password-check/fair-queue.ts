import { AppError } from '@creatorr/contracts/errors';
import { siteOf } from '@creatorr/service/address-network';
import { type Load, trackLoads, trackRangeLoads } from './recent-load.ts';

/** Requests that strangers can't send for an account of someone else, so that its turns count before those of its network. */
interface AccountRequest {
	/** `known-sign-in` comes from a network that the account has signed in from. `register` creates the account. */
	kind: 'known-sign-in' | 'register';
	/** Email of the account. */
	account: string;
}

interface NetworkRequest {
	kind: 'sign-in' | 'session' | 'mailed-token';
}

/**
 * A request for a turn. Each kind has its own queue, so that a flood of one doesn't affect the others. Attackers can flood every kind, also
 * `known-sign-in`, with accounts of their own. Registration counts as a turn of the account, so that those accounts aren't taken for idle ones.
 */
export type QueueRequest = (AccountRequest | NetworkRequest) & {
	network: string;
	/** Aborted when the client disconnects. */
	clientGone: AbortSignal;
};

type QueueKind = QueueRequest['kind'];

interface QueueOptions {
	/** Work that runs at a time. */
	concurrency: number;
	/** Limit of waiters of each kind. */
	maxWaiting: number;
	/** A waiting request is refused after this time. Shorter than the time after which its caller gives up. */
	maxWaitMs: number;
	/** Retry-After of refused requests. */
	retryAfterSeconds: number;
	monotonicMs(): number;
}

/** Runs the work in its turn. Throws `rate_limited` if the queue is full or too slow, or the client disconnects. */
export type FairQueue = <T>(request: QueueRequest, work: () => Promise<T>) => Promise<T>;

/** Whose turns are counted. */
interface Owner {
	account: string | undefined;
	/** An IPv6 /56 or a single IPv4 address. The /56 of one /48 also share turns, see {@link trackRangeLoads}. */
	range: string;
}

interface Waiter extends Owner {
	start(): void;
	refuse(why: string): void;
}

/** What an owner recently took: turns of its account and of its range, and requests of its range. */
type Rank = readonly [accountTurns: number, turns: number, requests: number];

/**
 * Returns a positive number if `one` has to yield to `other`. Turns count before requests, so that a user who is refused and tries again loses
 * nothing.
 */
function compareRanks(one: Rank, other: Rank): number {
	return compareTurns(one, other) || one[2] - other[2];
}

/** Like {@link compareRanks}, without requests. */
function compareTurns(one: Rank, other: Rank): number {
	return one[0] - other[0] || one[1] - other[1];
}

interface OwnerLoads {
	count(owner: Owner, what: keyof Load): void;
	rankOf(owner: Owner): Rank;
}

function trackOwnerLoads(monotonicMs: () => number): OwnerLoads {
	const accounts = trackLoads(monotonicMs);
	const ranges = trackRangeLoads(monotonicMs);
	return {
		count({ account, range }, what) {
			if (account !== undefined) accounts.count(account, what);
			ranges.count(range, what);
		},
		rankOf({ account, range }) {
			const { turns, requests } = ranges.of(range);
			return [account === undefined ? 0 : accounts.of(account).turns, turns, requests];
		},
	};
}

/** In the order of their arrival. */
type Waiting = Waiter[];

function removeFrom(waiting: Waiting, waiter: Waiter): void {
	const index = waiting.indexOf(waiter);
	if (index >= 0) waiting.splice(index, 1);
}

/** Returns waiters, those with the smallest rank first; among equals, those that wait longest. */
function sortWaiters(waiting: Waiting, loads: OwnerLoads, order: typeof compareRanks) {
	const ranked = waiting.map((waiter) => ({ waiter, rank: loads.rankOf(waiter) }));
	return ranked.sort((one, other) => order(one.rank, other.rank));
}

/** Removes and returns the waiter whose account and range had the fewest turns. */
function takeNext(waiting: Waiting, loads: OwnerLoads): Waiter | undefined {
	const next = sortWaiters(waiting, loads, compareTurns)[0]?.waiter;
	if (next) removeFrom(waiting, next);
	return next;
}

/** Refuses the last waiter of the busiest owner, to make room for this one. Returns false if no owner is busier than this one. */
function makeRoom(waiting: Waiting, owner: Owner, loads: OwnerLoads): boolean {
	const busiest = sortWaiters(waiting, loads, compareRanks).at(-1);
	if (!busiest || compareRanks(busiest.rank, loads.rankOf(owner)) <= 0) return false;
	removeFrom(waiting, busiest.waiter);
	busiest.waiter.refuse('the queue is full of others with fewer turns');
	return true;
}

interface WaitOptions {
	countTurn(): void;
	clientGone: AbortSignal;
	maxWaitMs: number;
	refuse(why: string): AppError;
}

async function waitInQueue(
	waiting: Waiting,
	owner: Owner,
	{ countTurn, clientGone, maxWaitMs, refuse }: WaitOptions,
): Promise<void> {
	const turn = Promise.withResolvers<void>();
	const waiter = { ...owner, start: turn.resolve, refuse: (why: string) => turn.reject(refuse(why)) };
	const leave = (why: string) => {
		removeFrom(waiting, waiter);
		waiter.refuse(why);
	};
	const onGone = () => {
		// Costs a turn: otherwise clients that hang up before theirs could occupy the queue forever.
		countTurn();
		leave('the client went away');
	};
	waiting.push(waiter);
	clientGone.addEventListener('abort', onGone, { once: true });
	const timer = setTimeout(leave, maxWaitMs, 'the queue is too slow');
	await turn.promise.finally(() => {
		clearTimeout(timer);
		clientGone.removeEventListener('abort', onGone);
	});
}

function refusal(why: string, retryAfterSeconds: number): AppError {
	return new AppError('rate_limited', 'The server is busy checking passwords. Try again in a moment.', {
		cause: new Error(why),
		retryAfterSeconds,
	});
}

/**
 * Creates a queue in which the kinds take turns. Within a kind, the request is next whose account recently had the fewest turns, and among equals
 * the one from the address range with the fewest. When a queue is full, a request takes the last slot of the busiest account or range, unless
 * its own is as busy. A full queue causes 429 and not 503: sign-in is limited but not down, and a flood must not page anybody. Work of a
 * disconnected client is dropped.
 */
export function createFairQueue(options: QueueOptions): FairQueue {
	const queues = new Map<QueueKind, Waiting>();
	const loads = trackOwnerLoads(options.monotonicMs);
	let running = 0;
	const refuse = (why: string) => refusal(why, options.retryAfterSeconds);

	function waitingOf(kind: QueueKind): Waiting {
		const waiting = queues.get(kind) ?? [];
		queues.set(kind, waiting);
		return waiting;
	}

	async function waitForTurn({ kind, clientGone }: QueueRequest, owner: Owner): Promise<void> {
		const waiting = waitingOf(kind);
		if (waiting.length >= options.maxWaiting && !makeRoom(waiting, owner, loads))
			throw refuse('the queue is full');
		const countTurn = () => loads.count(owner, 'turns');
		await waitInQueue(waiting, owner, { countTurn, clientGone, refuse, maxWaitMs: options.maxWaitMs });
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
		const owner = { account: 'account' in request ? request.account : undefined, range };
		loads.count(owner, 'requests');
		if (running < options.concurrency) running += 1;
		else await waitForTurn(request, owner);
		loads.count(owner, 'turns');
		try {
			return await work();
		} finally {
			endTurn();
		}
	};
}
