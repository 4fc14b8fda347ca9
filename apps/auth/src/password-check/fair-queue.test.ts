import { describe, expect, test } from '@jest/globals';
import { createFairQueue, type QueueRequest } from './fair-queue.ts';

const NEVER = new AbortController().signal;

/** Returns work that records its start and ends on the test's call. */
function task(started: string[], name: string) {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const run = () => {
		started.push(name);
		return promise;
	};
	return { run, finish: () => resolve(name), fail: () => reject(new Error(name)) };
}

const flushMicrotasks = () => new Promise((resolve) => setImmediate(resolve));
const from = (
	network: string,
	kind: 'sign-in' | 'session' = 'sign-in',
	clientGone = NEVER,
): QueueRequest => ({ kind, network, clientGone });
/** Returns a request for an account. */
const of = (account: string, kind: 'known-sign-in' | 'register', network = account): QueueRequest => ({
	kind,
	account,
	network,
	clientGone: NEVER,
});
const HOME = from('home');
let nowMs = 0;
const queueOf = (concurrency: number, maxWaiting: number, maxWaitMs = 3_600_000) =>
	createFairQueue({ concurrency, maxWaiting, maxWaitMs, retryAfterSeconds: 7, monotonicMs: () => nowMs });

/** Returns the order in which work begins that was requested while other work ran. */
async function orderOf(
	requests: readonly QueueRequest[],
	maxWaiting = 100,
	queue = queueOf(1, maxWaiting),
): Promise<string[]> {
	const first = task([], 'first');
	const running = queue(HOME, first.run);
	const order: string[] = [];
	const name = ({ kind, network }: QueueRequest, index: number) => `${kind} ${network} ${index}`;
	const waiting = requests.map((request, index) =>
		queue(request, async () => order.push(name(request, index))).catch(() => undefined),
	);
	first.finish();
	await Promise.all([running, ...waiting]);
	return order;
}

describe('a fair queue', () => {
	test('runs at most `concurrency` at a time, and those of one network in order', async () => {
		const queue = queueOf(2, 10);
		const started: string[] = [];
		const tasks = ['a', 'b', 'c', 'd'].map((name) => task(started, name));
		const results = tasks.map(({ run }) => queue(HOME, run));
		await flushMicrotasks();
		expect(started).toEqual(['a', 'b']);
		tasks[1]?.finish();
		await flushMicrotasks();
		expect(started).toEqual(['a', 'b', 'c']);
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('lets networks take turns, however many requests one of them sends', async () => {
		const order = await orderOf([from('flood'), from('flood'), from('flood'), from('one'), from('two')]);
		expect(order).toEqual([
			'sign-in flood 0',
			'sign-in one 3',
			'sign-in two 4',
			'sign-in flood 1',
			'sign-in flood 2',
		]);
	});

	test('lets kinds take turns, however many networks one of them comes from', async () => {
		const registers = Array.from({ length: 5 }, (_, index) => of(`flood ${index}`, 'register'));
		const order = await orderOf([...registers, from('one'), from('two')]);
		expect(order.slice(0, 4).filter((name) => name.startsWith('sign-in'))).toHaveLength(2);
	});

	test('has room for another kind when one kind has filled its queue', async () => {
		const registers = Array.from({ length: 5 }, (_, index) => of(`flood ${index}`, 'register'));
		const order = await orderOf([...registers, from('one')], 3);
		expect(order).toContain('sign-in one 5');
		expect(order).toHaveLength(4);
	});

	test('lets the networks of an IPv6 site share its turns', async () => {
		const flood = Array.from({ length: 4 }, (_, index) => from(`2001:db8:1:ab0${index}::/64`));
		const order = await orderOf([...flood, from('2001:db8:1:ac00::/64')]);
		expect(order.indexOf('sign-in 2001:db8:1:ac00::/64 4')).toBe(1);
	});

	test('gives an IPv6 /48 four turns for one of another network', async () => {
		const flood = Array.from({ length: 8 }, (_, index) => from(`2001:db8:1:${index}00::/64`));
		const order = await orderOf([...flood, from('one'), from('one')]);
		const turnsOfFlood = (until: string) => order.slice(0, order.indexOf(until)).length;
		expect([turnsOfFlood('sign-in one 8'), turnsOfFlood('sign-in one 9')]).toEqual([1, 6]);
	});

	test('has a separate queue for sign-ins from a known network', async () => {
		const flood = Array.from({ length: 5 }, (_, index) => from(`flood ${index}`));
		const order = await orderOf([...flood, of('owner', 'known-sign-in')], 3);
		expect(order.slice(0, 2)).toContain('known-sign-in owner 5');
	});

	test('halves the turns of networks every 10 s, so that an office with many sign-ins soon competes again', async () => {
		const queue = queueOf(1, 100);
		for (let turns = 0; turns < 25; turns += 1) await queue(from('office'), flushMicrotasks);
		nowMs += 60_000;
		const flood = [1, 2, 3].map((index) => from(`flood ${index}`));
		for (const request of flood) await queue(request, flushMicrotasks);
		const order = await orderOf([...flood, from('office')], 100, queue);
		expect(order[0]).toBe('sign-in office 3');
	});

	test('prefers a new network to one that had a turn a minute ago', async () => {
		const queue = queueOf(1, 100);
		await queue(from('flood'), flushMicrotasks);
		nowMs += 60_000;
		const order = await orderOf([from('flood'), from('new')], 100, queue);
		expect(order).toEqual(['sign-in new 1', 'sign-in flood 0']);
	});

	test.each([100, 5])(
		'prefers an account without recent turns to new accounts of other networks, however busy its own is (%i waiters)',
		async (maxWaiting) => {
			const queue = queueOf(1, maxWaiting);
			for (let turns = 0; turns < 25; turns += 1) await queue(from('office'), flushMicrotasks);
			const accounts = [1, 2, 3, 4, 5].map((index) => `attacker ${index}`);
			for (const account of accounts) await queue(of(account, 'register'), flushMicrotasks);
			const flood = accounts.map((account) => of(account, 'known-sign-in', `new network of ${account}`));
			const order = await orderOf([...flood, of('owner', 'known-sign-in', 'office')], maxWaiting, queue);
			expect(order[0]).toBe('known-sign-in office 5');
		},
	);

	test('lets the networks of accounts with equally many turns take turns', async () => {
		const known = (account: string, network: string) => of(account, 'known-sign-in', network);
		const order = await orderOf([known('a', 'flood'), known('b', 'flood'), known('c', 'one')]);
		expect(order.map((name) => name.split(' ')[1])).toEqual(['flood', 'one', 'flood']);
	});

	test('prefers a network without a turn yet to one that had a turn, however often the former tried', async () => {
		const queue = queueOf(1, 1);
		const running = task([], 'running');
		const result = queue(HOME, running.run);
		const disconnected = new AbortController();
		const first = queue(from('first', 'sign-in', disconnected.signal), task([], 'first').run);
		for (let tries = 0; tries < 3; tries += 1)
			await expect(queue(from('other'), task([], 'other').run)).rejects.toThrow();
		disconnected.abort();
		await expect(first).rejects.toThrow();
		const second = queue(HOME, task([], 'second').run);
		const other = queue(from('other'), async () => 'other');
		await expect(second).rejects.toMatchObject({ code: 'rate_limited' });
		running.finish();
		expect(await Promise.all([result, other])).toEqual(['running', 'other']);
	});

	test('counts a turn for a network whose client disconnects while it waits', async () => {
		const queue = queueOf(1, 2);
		const running = task([], 'running');
		const result = queue(HOME, running.run);
		const disconnected = new AbortController();
		const gone = queue(from('rude', 'sign-in', disconnected.signal), task([], 'gone').run);
		disconnected.abort();
		await expect(gone).rejects.toMatchObject({ code: 'rate_limited' });
		const started: string[] = [];
		const names = ['rude', 'polite'];
		const results = names.map((name) => queue(from(name), async () => started.push(name)));
		running.finish();
		await Promise.all([result, ...results]);
		expect(started).toEqual(['polite', 'rude']);
	});

	test.each(['wait for their turns', 'hang up before their turns'])(
		'lets 20 users sign in within three tries while 45 networks keep four requests each that %s',
		async (behavior) => {
			const queue = queueOf(1, 40);
			let isOver = false;
			const hash = flushMicrotasks;
			const attack = async (network: string) => {
				while (!isOver) {
					const client = new AbortController();
					if (behavior.startsWith('hang')) setImmediate(() => setImmediate(() => client.abort()));
					await queue(from(network, 'sign-in', client.signal), hash).catch(() => undefined);
					await flushMicrotasks();
				}
			};
			const attackers = Array.from({ length: 45 * 4 }, (_, index) => attack(`203.0.113.${index % 45}`));
			for (let turns = 0; turns < 10; turns += 1) await flushMicrotasks();
			const user = async (index: number) => {
				for (let tries = 1; tries <= 3; tries += 1) {
					const isIn = await queue(from(`198.51.100.${index}`), hash).then(
						() => true,
						() => false,
					);
					if (isIn) return tries;
					for (let turns = 0; turns < 10; turns += 1) await flushMicrotasks();
				}
				return 'refused';
			};
			const tries = await Promise.all(Array.from({ length: 20 }, (_, index) => user(index)));
			isOver = true;
			await Promise.all(attackers);
			expect(tries).not.toContain('refused');
		},
	);

	test('gives the last slot of the network that fills it to another network', async () => {
		const order = await orderOf([from('flood'), from('flood'), from('flood'), from('one')], 3);
		expect(order).toEqual(['sign-in flood 0', 'sign-in one 3', 'sign-in flood 1']);
	});

	test('refuses at once when it is full, with Retry-After', async () => {
		const queue = queueOf(1, 1);
		const tasks = [task([], 'a'), task([], 'b')];
		const results = tasks.map(({ run }, index) => queue(from(`first ${index}`), run));
		for (const network of ['away', 'first 1']) {
			await expect(queue(from(network), task([], 'c').run)).rejects.toMatchObject({
				code: 'rate_limited',
				headers: { 'Retry-After': '7' },
			});
		}
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b']);
	});

	test('refuses a request after the maximum wait, and continues with the others', async () => {
		const queue = queueOf(1, 10, 20);
		const started: string[] = [];
		const [slow, late, next] = ['slow', 'late', 'next'].map((name) => task(started, name));
		if (!slow || !late || !next) throw new Error('three tasks');
		const running = queue(HOME, slow.run);
		await expect(queue(HOME, late.run)).rejects.toMatchObject({
			code: 'rate_limited',
			headers: { 'Retry-After': '7' },
		});
		slow.finish();
		await running;
		next.finish();
		expect(await queue(HOME, next.run)).toBe('next');
		expect(started).toEqual(['slow', 'next']);
	});

	test('starts the next work when work fails', async () => {
		const queue = queueOf(1, 1);
		const started: string[] = [];
		const [bad, good] = [task(started, 'bad'), task(started, 'good')];
		const results = [queue(HOME, bad.run), queue(HOME, good.run)];
		bad.fail();
		await expect(results[0]).rejects.toThrow('bad');
		good.finish();
		expect(await results[1]).toBe('good');
	});

	test('drops work whose client disconnected, and keeps the others', async () => {
		const queue = queueOf(1, 2);
		const started: string[] = [];
		const disconnected = new AbortController();
		const tasks = ['a', 'disconnected', 'b'].map((name) => task(started, name));
		const results = tasks.map(({ run }, index) =>
			queue(index === 1 ? from('home', 'sign-in', disconnected.signal) : HOME, run),
		);
		disconnected.abort();
		await expect(results[1]).rejects.toMatchObject({ code: 'rate_limited' });
		for (const { finish } of tasks) finish();
		expect(await Promise.all([results[0], results[2]])).toEqual(['a', 'b']);
		expect(started).toEqual(['a', 'b']);
	});

	test('runs nothing for a client that has disconnected', async () => {
		const started: string[] = [];
		await expect(
			queueOf(1, 1)(from('home', 'sign-in', AbortSignal.abort()), task(started, 'a').run),
		).rejects.toMatchObject({
			code: 'rate_limited',
		});
		expect(started).toEqual([]);
	});

	test('accepts work again after it was full', async () => {
		const queue = queueOf(1, 0);
		const first = task([], 'a');
		const result = queue(HOME, first.run);
		await expect(queue(HOME, task([], 'b').run)).rejects.toThrow();
		first.finish();
		await result;
		const next = task([], 'c');
		next.finish();
		expect(await queue(HOME, next.run)).toBe('c');
	});
});
