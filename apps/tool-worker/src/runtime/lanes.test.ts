import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createLanes } from './lanes.ts';

const NEVER_MS = 60_000;

/** Whether it is settled once everything that could settle it has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
	return await Promise.race([promise.then(() => true), sleep(20, false)]);
}

test('as many run at once as there are places, the next when one leaves, in their order', async () => {
	const lanes = createLanes({ places: 2, longMs: NEVER_MS });
	const [first] = [await lanes.enter(), await lanes.enter()];
	const third = lanes.enter();
	const fourth = lanes.enter();
	expect(await isSettled(third)).toBe(false);
	first.leave();
	expect([await isSettled(third), await isSettled(fourth)]).toEqual([true, false]);
});

test('a job that runs for long makes room and is told so', async () => {
	const lanes = createLanes({ places: 1, longMs: 5 });
	const long = await lanes.enter();
	const next = await lanes.enter();
	expect(long.demoted.aborted).toBe(true);
	expect(next.demoted.aborted).toBe(false);
});

test('a job that waits for processors is not demoted for it', async () => {
	const lanes = createLanes({ places: 1, longMs: 5 });
	const slowed = await lanes.enter();
	slowed.waited(NEVER_MS);
	await sleep(30);
	expect(slowed.demoted.aborted).toBe(false);
	slowed.leave();
});

test('a job that is known to take long makes room at once, and once', async () => {
	const lanes = createLanes({ places: 1, longMs: NEVER_MS });
	const long = await lanes.enter();
	const next = lanes.enter();
	long.demote();
	long.demote();
	expect(await isSettled(next)).toBe(true);
	expect(long.demoted.aborted).toBe(true);
	long.leave();
	expect(await isSettled(lanes.enter())).toBe(false);
});

test('a job that has left is demoted no more', async () => {
	const lanes = createLanes({ places: 1, longMs: NEVER_MS });
	const short = await lanes.enter();
	short.leave();
	short.demote();
	await lanes.enter();
	expect(await isSettled(lanes.enter())).toBe(false);
});

test('a place is given up once, however its job ends', async () => {
	const lanes = createLanes({ places: 1, longMs: 5 });
	const long = await lanes.enter();
	const next = await lanes.enter();
	long.leave();
	long.leave();
	next.leave();
	next.leave();
	const patient = createLanes({ places: 1, longMs: NEVER_MS });
	const one = await patient.enter();
	one.leave();
	one.leave();
	await patient.enter();
	expect(await isSettled(patient.enter())).toBe(false);
});

test('a job that was short is never demoted', async () => {
	const lanes = createLanes({ places: 1, longMs: 5 });
	const short = await lanes.enter();
	short.leave();
	await sleep(20);
	expect(short.demoted.aborted).toBe(false);
});

test('a shutdown lets all in', async () => {
	const lanes = createLanes({ places: 1, longMs: NEVER_MS });
	await lanes.enter();
	const waiting = [lanes.enter(), lanes.enter()];
	lanes.open();
	await Promise.all(waiting);
	await lanes.enter();
});
