import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createBackgroundJobs, type RemainingTime } from './background-jobs.ts';

const jobOf = (tool: string, id: string = randomUUID()) => ({ id, tool });

/** Returns a job that the test ends and deprioritizes. */
function startJob() {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const deprioritization = new AbortController();
	const handlers = {
		deprioritized: deprioritization.signal,
		remainingTime: (): RemainingTime => 'unknown',
		onBackground: () => {},
		returnJob: () => reject(new Error('returned')),
	};
	return { promise, end: resolve, fail: reject, deprioritize: () => deprioritization.abort(), handlers };
}

const long = ({ handlers }: ReturnType<typeof startJob>) => ({
	...handlers,
	remainingTime: (): RemainingTime => 'long',
});

/** Returns whether the promise is settled after all pending work. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

const backgroundJobs = (slots: number, errors: unknown[] = [], slotsPerTool = 9) =>
	createBackgroundJobs({ slots, slotsPerTool, onError: (error) => errors.push(error) });

test('a job keeps its message until it ends or moves to the background', async () => {
	const { follow, count } = backgroundJobs(2);
	const [short, long] = [startJob(), startJob()];
	const followed = [short, long].map(({ promise, handlers }) => follow(jobOf('ocr'), promise, handlers));
	expect(await Promise.all(followed.map(isSettled))).toEqual([false, false]);
	short.end();
	long.deprioritize();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true]);
	expect([count('ocr'), count('office_to_pdf')]).toEqual([1, 0]);
});

test('a job keeps its message until a background slot is free', async () => {
	const { follow, count } = backgroundJobs(1);
	const [first, second] = [startJob(), startJob()];
	await Promise.all([follow(jobOf('ocr'), first.promise, first.handlers), first.deprioritize()]);
	const followed = follow(jobOf('compress_heavy'), second.promise, second.handlers);
	second.deprioritize();
	expect(await isSettled(followed)).toBe(false);
	first.end();
	expect(await isSettled(followed)).toBe(true);
	expect([count('ocr'), count('compress_heavy')]).toEqual([0, 1]);
});

test('a job that ends while it waits for a slot takes none', async () => {
	const { follow, count } = backgroundJobs(1);
	const [first, second, third] = [startJob(), startJob(), startJob()];
	const followed = [first, second, third].map(({ promise, handlers }) =>
		follow(jobOf('ocr'), promise, handlers),
	);
	for (const { deprioritize } of [first, second, third]) deprioritize();
	second.end();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true, false]);
	first.end();
	expect(await Promise.all(followed.map(isSettled))).toEqual([true, true, true]);
	expect(count('ocr')).toBe(1);
});

test('follow rejects when a job fails before it moves to the background; onError receives later failures', async () => {
	const errors: unknown[] = [];
	const { follow, waitForAll } = backgroundJobs(1, errors);
	const [early, late] = [startJob(), startJob()];
	const followed = follow(jobOf('ocr'), early.promise, early.handlers);
	early.fail(new Error('early'));
	await expect(followed).rejects.toThrow('early');
	const gone = follow(jobOf('ocr'), late.promise, late.handlers);
	late.deprioritize();
	await gone;
	late.fail(new Error('late'));
	await waitForAll();
	await sleep(0);
	expect(errors).toEqual([new Error('late')]);
});

test('waitForAll resolves when all background jobs have ended', async () => {
	const { follow, waitForAll } = backgroundJobs(1);
	const job = startJob();
	const followed = follow(jobOf('ocr'), job.promise, job.handlers);
	job.deprioritize();
	await followed;
	const all = waitForAll();
	expect(await isSettled(all)).toBe(false);
	job.end();
	expect(await isSettled(all)).toBe(true);
});

describe('when all background slots are taken, a further job', () => {
	/** Returns background jobs with one slot, which is taken. */
	async function withTakenSlot(slotsPerTool: number) {
		const jobs = backgroundJobs(1, [], slotsPerTool);
		const first = startJob();
		await Promise.all([jobs.follow(jobOf('ocr'), first.promise, first.handlers), first.deprioritize()]);
		return jobs;
	}

	test('is returned when it takes long', async () => {
		const { follow } = await withTakenSlot(9);
		const job = startJob();
		const followed = follow(jobOf('ocr'), job.promise, {
			...job.handlers,
			remainingTime: () => 'long' as const,
		});
		job.deprioritize();
		await expect(followed).rejects.toThrow('returned');
	});

	test('is returned when it would keep the last message slot of its tool', async () => {
		const { follow } = await withTakenSlot(2);
		const [second, third, other] = [startJob(), startJob(), startJob()];
		const followed = follow(jobOf('ocr'), second.promise, second.handlers);
		second.deprioritize();
		expect(await isSettled(followed)).toBe(false);
		const last = follow(jobOf('ocr'), third.promise, third.handlers);
		third.deprioritize();
		await expect(last).rejects.toThrow('returned');
		const ofOther = follow(jobOf('compress_heavy'), other.promise, other.handlers);
		other.deprioritize();
		expect(await isSettled(ofOther)).toBe(false);
	});

	test('that preempts another one waits until that one has stopped, and gets its slot before others', async () => {
		const { follow, count } = backgroundJobs(2, [], 2);
		const [kept, preempted, other, preempting] = [startJob(), startJob(), startJob(), startJob()];
		const followInBackground = async (id: string, job: typeof kept) =>
			await Promise.all([follow(jobOf('ocr', id), job.promise, job.handlers), job.deprioritize()]);
		await followInBackground('job_1', kept);
		await followInBackground('job_2', preempted);
		const followed = [
			follow(jobOf('ocr'), other.promise, other.handlers),
			follow({ ...jobOf('compress_heavy'), preemptedId: 'job_2' }, preempting.promise, long(preempting)),
		];
		for (const { deprioritize } of [other, preempting]) deprioritize();
		expect(await Promise.all(followed.map(isSettled))).toEqual([false, false]);
		preempted.fail(new Error('revoked'));
		expect(await Promise.all(followed.map(isSettled))).toEqual([false, true]);
		expect([count('ocr'), count('compress_heavy')]).toEqual([1, 1]);
	});

	test('that preempts another one is returned when that one has stopped and had no slot', async () => {
		const { follow } = await withTakenSlot(9);
		const [preempted, preempting] = [startJob(), startJob()];
		const stopped = follow(jobOf('ocr', 'job_2'), preempted.promise, preempted.handlers);
		preempted.deprioritize();
		const followed = follow({ ...jobOf('ocr'), preemptedId: 'job_2' }, preempting.promise, long(preempting));
		preempting.deprioritize();
		expect(await Promise.all([stopped, followed].map(isSettled))).toEqual([false, false]);
		preempted.end();
		await expect(followed).rejects.toThrow('returned');
		const late = startJob();
		const followedLate = follow({ ...jobOf('ocr'), preemptedId: 'job_2' }, late.promise, long(late));
		late.deprioritize();
		await expect(followedLate).rejects.toThrow('returned');
	});

	test.each(['pending', 'ended'] as const)(
		'is not returned while its tool does not run (%s), even with the last message slot of its tool',
		async (state) => {
			const { follow } = await withTakenSlot(1);
			const job = startJob();
			const followed = follow(jobOf('ocr'), job.promise, { ...job.handlers, remainingTime: () => state });
			job.deprioritize();
			expect(await isSettled(followed)).toBe(false);
			job.end();
			await followed;
		},
	);

	test('is returned while it waits, as soon as it is known to take long', async () => {
		const { follow, review } = await withTakenSlot(9);
		const job = startJob();
		let remainingTime: RemainingTime = 'unknown';
		const followed = follow(jobOf('ocr', 'job_1'), job.promise, {
			...job.handlers,
			remainingTime: () => remainingTime,
		});
		job.deprioritize();
		review('job_1');
		expect(await isSettled(followed)).toBe(false);
		remainingTime = 'long';
		review('job_1');
		await expect(followed).rejects.toThrow('returned');
	});

	test('keeps its message where there are no background slots', async () => {
		const { follow } = backgroundJobs(0, [], 1);
		const job = startJob();
		const followed = follow(jobOf('ocr'), job.promise, {
			...job.handlers,
			remainingTime: () => 'long' as const,
		});
		job.deprioritize();
		expect(await isSettled(followed)).toBe(false);
	});
});

test('a job whose tool has ended takes no background slot', async () => {
	const { follow, review, count } = backgroundJobs(1);
	const [first, second, third] = [startJob(), startJob(), startJob()];
	void follow(jobOf('ocr'), first.promise, first.handlers);
	first.deprioritize();
	let remainingTime: RemainingTime = 'unknown';
	const followed = follow(jobOf('ocr', 'job_2'), second.promise, {
		...second.handlers,
		remainingTime: () => remainingTime,
	});
	second.deprioritize();
	remainingTime = 'ended';
	review('job_2');
	first.end();
	expect(await isSettled(followed)).toBe(false);
	void follow(jobOf('ocr'), third.promise, { ...third.handlers, remainingTime: () => 'ended' });
	third.deprioritize();
	expect(count('ocr')).toBe(0);
});
