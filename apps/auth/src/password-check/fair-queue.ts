import { AppError } from '@creatorr/contracts/errors';

/** What a request waits for. Each kind has its own queue, so that a flood of one doesn't affect the others. */
type QueueKind = 'sign-in' | 'register' | 'session' | 'mailed-token';

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
	/** After this time a waiting request is refused: before its caller gives up. */
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

/** Waiters by network. The network with the next turn comes first. */
type Waiting = Map<string, Waiter[]>;

function countOf(waiting: Waiting): number {
	return [...waiting.values()].reduce((total, { length }) => total + length, 0);
}

function removeFrom(waiting: Waiting, network: string, waiter: Waiter): void {
	const left = (waiting.get(network) ?? []).filter((one) => one !== waiter);
	if (left.length === 0) waiting.delete(network);
	else waiting.set(network, left);
}

/** Removes and returns the first waiter of the network with the next turn. Another network gets the turn after it. */
function takeNext(waiting: Waiting): Waiter | undefined {
	const [entry] = waiting;
	if (!entry) return undefined;
	const [network, [next, ...others]] = entry;
	waiting.delete(network);
	if (others.length > 0) waiting.set(network, others);
	return next;
}

/** Refuses the last waiter of the network with the most, for one of this network. Returns false if this one has no fewer. */
function makeRoom(waiting: Waiting, network: string): boolean {
	const [greediest, waiters] = [...waiting].reduce<[string, Waiter[]]>(
		(most, entry) => (entry[1].length > most[1].length ? entry : most),
		['', []],
	);
	const last = waiters.at(-1);
	if (!last || (waiting.get(network)?.length ?? 0) + 1 >= waiters.length) return false;
	removeFrom(waiting, greediest, last);
	last.refuse('the queue is full of others of this network');
	return true;
}

interface WaitOptions {
	maxWaitMs: number;
	refuse(why: string): AppError;
}

/** Waits behind the others of the network. Resolves with its turn. */
async function waitInQueue(
	waiting: Waiting,
	{ network, clientGone }: QueueRequest,
	{ maxWaitMs, refuse }: WaitOptions,
): Promise<void> {
	const turn = Promise.withResolvers<void>();
	const waiter = { start: turn.resolve, refuse: (why: string) => turn.reject(refuse(why)) };
	const leave = (why: string) => {
		removeFrom(waiting, network, waiter);
		waiter.refuse(why);
	};
	const onGone = () => leave('the client went away');
	waiting.set(network, [...(waiting.get(network) ?? []), waiter]);
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
 * Creates a queue in which the kinds take turns, and within a kind the networks: a network that sends many requests waits behind its own. When
 * a queue is full, a network with fewer waiters takes the last slot of the network with the most. A full queue is 429 and not 503: nothing is
 * down, only sign-in is limited, and a flood must not page anybody. Work of a disconnected client is dropped.
 */
export function createFairQueue(options: QueueOptions): FairQueue {
	const queues = new Map<QueueKind, Waiting>();
	let running = 0;
	const refuse = (why: string) => refusal(why, options.retryAfterSeconds);

	function waitingOf(kind: QueueKind): Waiting {
		const waiting = queues.get(kind) ?? new Map();
		queues.set(kind, waiting);
		return waiting;
	}

	async function waitForTurn(request: QueueRequest): Promise<void> {
		const waiting = waitingOf(request.kind);
		if (countOf(waiting) >= options.maxWaiting && !makeRoom(waiting, request.network))
			throw refuse('the queue is full');
		await waitInQueue(waiting, request, { refuse, maxWaitMs: options.maxWaitMs });
	}

	/** Starts the next waiter. */
	function endTurn(): void {
		for (const [kind, waiting] of queues) {
			const next = takeNext(waiting);
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
		if (running < options.concurrency) running += 1;
		else await waitForTurn(request);
		try {
			return await work();
		} finally {
			endTurn();
		}
	};
}
