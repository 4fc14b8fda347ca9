import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createLongJobs } from './long-jobs.ts';

/** A job that ends when it is told to, and that has run for long when it is told so. */
function startJob() {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const demotion = new AbortController();
	const handlers = {
		demoted: demotion.signal,
		isKnownToTakeLong: () => false,
		onAside: () => {},
		giveBack: () => reject(new Error('given back')),
	};
	return { promise, end: resolve, fail: reject, demote: () => demotion.abort(), handlers };
}

/** Whether it is settled once everything that could settle it has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

const longJobs = (most: number, errors: unknown[] = [], placesPerTool = 9) =>
	createLongJobs({ most, placesPerTool, onError: (error) => errors.push(error) });

test('a job keeps its place until it is done, or has run for long', async () => {
	const { follow, count } = longJobs(2);
	const [short, long] = [startJob(), startJob()];
	const followed = [short, long].map(({ promise, handlers }) => follow('ocr', promise, handlers));
	expect(await Promise.all(followed.map(isSettled))).toEqual([false, false]);
	short.end();
	long.demote();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true]);
	expect([count('ocr'), count('office_to_pdf')]).toEqual([1, 0]);
});

test('where as many go on beside the queues as may, the next one keeps its place until one of them ends', async () => {
	const { follow, count, total } = longJobs(1);
	const [first, second] = [startJob(), startJob()];
	await Promise.all([follow('ocr', first.promise, first.handlers), first.demote()]);
	const followed = follow('compress_heavy', second.promise, second.handlers);
	second.demote();
	expect(await isSettled(followed)).toBe(false);
	first.end();
	expect(await isSettled(followed)).toBe(true);
	expect([count('ocr'), count('compress_heavy'), total()]).toEqual([0, 1, 1]);
});

test('one that ends while it waits for room takes none', async () => {
	const { follow, count } = longJobs(1);
	const [first, second, third] = [startJob(), startJob(), startJob()];
	const followed = [first, second, third].map(({ promise, handlers }) => follow('ocr', promise, handlers));
	for (const { demote } of [first, second, third]) demote();
	second.end();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true, false]);
	first.end();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true, true]);
	expect(count('ocr')).toBe(1);
});

test('whoever waits for a job hears that it failed, and the log does where nobody waits any more', async () => {
	const errors: unknown[] = [];
	const { follow, settled } = longJobs(1, errors);
	const [early, late] = [startJob(), startJob()];
	const followed = follow('ocr', early.promise, early.handlers);
	early.fail(new Error('early'));
	await expect(followed).rejects.toThrow('early');
	const gone = follow('ocr', late.promise, late.handlers);
	late.demote();
	await gone;
	late.fail(new Error('late'));
	await settled();
	await sleep(0);
	expect(errors).toEqual([new Error('late')]);
});

test('all that go on are waited for', async () => {
	const { follow, settled } = longJobs(1);
	const job = startJob();
	const followed = follow('ocr', job.promise, job.handlers);
	job.demote();
	await followed;
	const all = settled();
	expect(await isSettled(all)).toBe(false);
	job.end();
	expect(await isSettled(all)).toBe(true);
});

describe('where as many go on beside the queues as may, a further one', () => {
	/** Long jobs with one place beside the queues, which is taken. */
	async function fullHouse(placesPerTool: number) {
		const house = longJobs(1, [], placesPerTool);
		const first = startJob();
		await Promise.all([house.follow('ocr', first.promise, first.handlers), first.demote()]);
		return house;
	}

	test('is given back when it has long to go', async () => {
		const { follow } = await fullHouse(9);
		const job = startJob();
		const followed = follow('ocr', job.promise, { ...job.handlers, isKnownToTakeLong: () => true });
		job.demote();
		await expect(followed).rejects.toThrow('given back');
	});

	test('is given back when it would keep the last place of its tool', async () => {
		const { follow } = await fullHouse(2);
		const [second, third, other] = [startJob(), startJob(), startJob()];
		const followed = follow('ocr', second.promise, second.handlers);
		second.demote();
		expect(await isSettled(followed)).toBe(false);
		const last = follow('ocr', third.promise, third.handlers);
		third.demote();
		await expect(last).rejects.toThrow('given back');
		const ofOther = follow('compress_heavy', other.promise, other.handlers);
		other.demote();
		expect(await isSettled(ofOther)).toBe(false);
	});

	test('keeps its place where none ever goes on beside the queues', async () => {
		const { follow } = longJobs(0, [], 1);
		const job = startJob();
		const followed = follow('ocr', job.promise, { ...job.handlers, isKnownToTakeLong: () => true });
		job.demote();
		expect(await isSettled(followed)).toBe(false);
	});
});
