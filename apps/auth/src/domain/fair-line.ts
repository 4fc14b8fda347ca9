import { AppError } from '@creatorr/contracts/errors';

/** What somebody waits for. Each kind has a line of its own, so that a flood of one leaves the others as they were. */
export type LineKind = 'sign-in' | 'register' | 'session' | 'mailed-token';

export interface Place {
	kind: LineKind;
	network: string;
}

interface LineOptions {
	/** How many pieces of work go on at once. */
	concurrency: number;
	/** How many more of each kind may wait for their turn. */
	maxWaiting: number;
	/** Whoever has waited for so long is told to come again: sooner than those who ask for the answer give up. */
	maxWaitMs: number;
	/** Told to those who find the line full. */
	retryAfterSeconds: number;
}

/** Runs the work when it is its turn. Throws `rate_limited` when the line is full or too slow, and when the client goes away. */
export type FairLine = <T>(place: Place, work: () => Promise<T>, clientGone: AbortSignal) => Promise<T>;

interface Waiter {
	start(): void;
	refuse(why: string): void;
}

/** Those who wait, by network; the network whose turn is next stands first. */
type Waiting = Map<string, Waiter[]>;

function countOf(waiting: Waiting): number {
	return [...waiting.values()].reduce((total, { length }) => total + length, 0);
}

function removeFrom(waiting: Waiting, network: string, waiter: Waiter): void {
	const left = (waiting.get(network) ?? []).filter((one) => one !== waiter);
	if (left.length === 0) waiting.delete(network);
	else waiting.set(network, left);
}

/** The first of the network whose turn it is; the next turn is another network's. */
function takeNext(waiting: Waiting): Waiter | undefined {
	const [entry] = waiting;
	if (!entry) return undefined;
	const [network, [next, ...others]] = entry;
	waiting.delete(network);
	if (others.length > 0) waiting.set(network, others);
	return next;
}

/** Makes room for one of this network at the cost of the one that has the most; false when it has no fewer itself. */
function makeRoom(waiting: Waiting, network: string): boolean {
	const [greediest, waiters] = [...waiting].reduce<[string, Waiter[]]>(
		(most, entry) => (entry[1].length > most[1].length ? entry : most),
		['', []],
	);
	const last = waiters.at(-1);
	if (!last || (waiting.get(network)?.length ?? 0) + 1 >= waiters.length) return false;
	removeFrom(waiting, greediest, last);
	last.refuse('the line is full of others of this network');
	return true;
}

interface Patience {
	maxWaitMs: number;
	clientGone: AbortSignal;
	refuse(why: string): AppError;
}

/** Waits at the end of the network's; resolves when it is its turn. */
async function takePlace(waiting: Waiting, network: string, patience: Patience): Promise<void> {
	const { maxWaitMs, clientGone, refuse } = patience;
	const turn = Promise.withResolvers<void>();
	const waiter = { start: turn.resolve, refuse: (why: string) => turn.reject(refuse(why)) };
	const leave = (why: string) => {
		removeFrom(waiting, network, waiter);
		waiter.refuse(why);
	};
	const goAway = () => leave('the client went away');
	waiting.set(network, [...(waiting.get(network) ?? []), waiter]);
	clientGone.addEventListener('abort', goAway, { once: true });
	const timer = setTimeout(leave, maxWaitMs, 'the line is too slow');
	await turn.promise.finally(() => {
		clearTimeout(timer);
		clientGone.removeEventListener('abort', goAway);
	});
}

function refusal(why: string, retryAfterSeconds: number): AppError {
	return new AppError('rate_limited', 'too many people are signing in; try again in a moment', {
		cause: new Error(why),
		retryAfterSeconds,
	});
}

/**
 * The kinds take turns, and within a kind the networks do: whoever sends many waits behind his own. Whoever comes to a full
 * line with fewer than the one who has the most takes his last place. A full line is 429 and not 503: nothing is down,
 * everything but signing in goes on, and nobody who watches for failures is to be woken by a flood. Work that waits for a
 * client that has gone is dropped.
 */
export function createFairLine(options: LineOptions): FairLine {
	const lines = new Map<LineKind, Waiting>();
	let running = 0;
	const refuse = (why: string) => refusal(why, options.retryAfterSeconds);

	function waitingOf(kind: LineKind): Waiting {
		const waiting = lines.get(kind) ?? new Map();
		lines.set(kind, waiting);
		return waiting;
	}

	async function waitForTurn({ kind, network }: Place, clientGone: AbortSignal): Promise<void> {
		const waiting = waitingOf(kind);
		if (countOf(waiting) >= options.maxWaiting && !makeRoom(waiting, network))
			throw refuse('the line is full');
		await takePlace(waiting, network, { refuse, maxWaitMs: options.maxWaitMs, clientGone });
	}

	/** Hands the place to the next in line, or gives it back. */
	function leavePlace(): void {
		for (const [kind, waiting] of lines) {
			const next = takeNext(waiting);
			if (!next) continue;
			// To the end: the other kinds come first now.
			lines.delete(kind);
			lines.set(kind, waiting);
			next.start();
			return;
		}
		running -= 1;
	}

	return async (place, work, clientGone) => {
		if (clientGone.aborted) throw refuse('the client went away');
		if (running < options.concurrency) running += 1;
		else await waitForTurn(place, clientGone);
		try {
			return await work();
		} finally {
			leavePlace();
		}
	};
}
