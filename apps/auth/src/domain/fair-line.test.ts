import { describe, expect, test } from '@jest/globals';
import { createFairLine, type Place } from './fair-line.ts';

const NEVER = new AbortController().signal;

/** Work that ends when it is told to, and tells when it begins. */
function task(started: string[], name: string) {
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const run = () => {
		started.push(name);
		return promise;
	};
	return { run, finish: () => resolve(name), fail: () => reject(new Error(name)) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const HOME: Place = { kind: 'sign-in', network: 'home' };
const lineOf = (concurrency: number, maxWaiting: number, maxWaitMs = 3_600_000) =>
	createFairLine({ concurrency, maxWaiting, maxWaitMs, retryAfterSeconds: 7 });

/** The order in which work begins that all came while one was going on. */
async function orderOf(places: readonly Place[], maxWaiting = 100): Promise<string[]> {
	const line = lineOf(1, maxWaiting);
	const first = task([], 'first');
	const running = line(HOME, first.run, NEVER);
	const order: string[] = [];
	const name = ({ kind, network }: Place, index: number) => `${kind} ${network} ${index}`;
	const waiting = places.map((place, index) =>
		line(place, async () => order.push(name(place, index)), NEVER).catch(() => undefined),
	);
	first.finish();
	await Promise.all([running, ...waiting]);
	return order;
}

const from = (network: string, kind: Place['kind'] = 'sign-in'): Place => ({ kind, network });

describe('a fair line', () => {
	test('runs no more at once than it may, and those of one network in order', async () => {
		const line = lineOf(2, 10);
		const started: string[] = [];
		const tasks = ['a', 'b', 'c', 'd'].map((name) => task(started, name));
		const results = tasks.map(({ run }) => line(HOME, run, NEVER));
		await settle();
		expect(started).toEqual(['a', 'b']);
		tasks[1]?.finish();
		await settle();
		expect(started).toEqual(['a', 'b', 'c']);
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
	});

	test('lets networks take turns, however many one of them sends', async () => {
		const order = await orderOf([from('flood'), from('flood'), from('flood'), from('one'), from('two')]);
		expect(order).toEqual([
			'sign-in flood 0',
			'sign-in one 3',
			'sign-in two 4',
			'sign-in flood 1',
			'sign-in flood 2',
		]);
	});

	test('lets kinds take turns, from however many networks one of them comes', async () => {
		const registers = Array.from({ length: 5 }, (_, index) => from(`flood ${index}`, 'register'));
		const order = await orderOf([...registers, from('one'), from('two')]);
		expect(order.slice(0, 4).filter((name) => name.startsWith('sign-in'))).toHaveLength(2);
	});

	test('that is full of one kind has room for another', async () => {
		const registers = Array.from({ length: 5 }, (_, index) => from(`flood ${index}`, 'register'));
		const order = await orderOf([...registers, from('one')], 3);
		expect(order).toContain('sign-in one 5');
		expect(order).toHaveLength(4);
	});

	test('that is full of one network has room for another, whose place is the last of the many', async () => {
		const order = await orderOf([from('flood'), from('flood'), from('flood'), from('one')], 3);
		expect(order).toEqual(['sign-in flood 0', 'sign-in one 3', 'sign-in flood 1']);
	});

	test('refuses at once when full and says when to come back', async () => {
		const line = lineOf(1, 1);
		const tasks = [task([], 'a'), task([], 'b')];
		const results = tasks.map(({ run }) => line(HOME, run, NEVER));
		for (const network of ['home', 'away']) {
			await expect(line(from(network), task([], 'c').run, NEVER)).rejects.toMatchObject({
				code: 'rate_limited',
				headers: { 'Retry-After': '7' },
			});
		}
		for (const { finish } of tasks) finish();
		expect(await Promise.all(results)).toEqual(['a', 'b']);
	});

	test('lets nobody wait for longer than it may, and goes on with the others', async () => {
		const line = lineOf(1, 10, 20);
		const started: string[] = [];
		const [slow, late, next] = ['slow', 'late', 'next'].map((name) => task(started, name));
		if (!slow || !late || !next) throw new Error('three tasks');
		const running = line(HOME, slow.run, NEVER);
		await expect(line(HOME, late.run, NEVER)).rejects.toMatchObject({
			code: 'rate_limited',
			headers: { 'Retry-After': '7' },
		});
		slow.finish();
		await running;
		next.finish();
		expect(await line(HOME, next.run, NEVER)).toBe('next');
		expect(started).toEqual(['slow', 'next']);
	});

	test('gives the place on when work fails', async () => {
		const line = lineOf(1, 1);
		const started: string[] = [];
		const [bad, good] = [task(started, 'bad'), task(started, 'good')];
		const results = [line(HOME, bad.run, NEVER), line(HOME, good.run, NEVER)];
		bad.fail();
		await expect(results[0]).rejects.toThrow('bad');
		good.finish();
		expect(await results[1]).toBe('good');
	});

	test('drops work whose client went away while it waited, and nobody loses a place by it', async () => {
		const line = lineOf(1, 2);
		const started: string[] = [];
		const gone = new AbortController();
		const tasks = ['a', 'gone', 'b'].map((name) => task(started, name));
		const results = tasks.map(({ run }, index) => line(HOME, run, index === 1 ? gone.signal : NEVER));
		gone.abort();
		await expect(results[1]).rejects.toMatchObject({ code: 'rate_limited' });
		for (const { finish } of tasks) finish();
		expect(await Promise.all([results[0], results[2]])).toEqual(['a', 'b']);
		expect(started).toEqual(['a', 'b']);
	});

	test('runs nothing for a client that has gone already', async () => {
		const started: string[] = [];
		await expect(lineOf(1, 1)(HOME, task(started, 'a').run, AbortSignal.abort())).rejects.toMatchObject({
			code: 'rate_limited',
		});
		expect(started).toEqual([]);
	});

	test('is free again after it was full', async () => {
		const line = lineOf(1, 0);
		const first = task([], 'a');
		const result = line(HOME, first.run, NEVER);
		await expect(line(HOME, task([], 'b').run, NEVER)).rejects.toThrow();
		first.finish();
		await result;
		const next = task([], 'c');
		next.finish();
		expect(await line(HOME, next.run, NEVER)).toBe('c');
	});
});
