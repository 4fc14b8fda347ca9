import { describe, expect, test } from '@jest/globals';
import { createSlots, type SlotRequest } from './slots.ts';

const delivery = (more: Partial<SlotRequest> = {}): SlotRequest => ({
	endpointId: 'whk_1',
	userId: 'usr_1',
	host: 'example.com',
	slow: false,
	failures: 0,
	...more,
});
const withRunning = (running: readonly SlotRequest[], limits = { total: 8, perEndpoint: 2 }) => {
	const slots = createSlots(limits);
	slots.acquire(running, slots.free());
	return slots;
};

test('running attempts are counted by endpoint, host and user, and forgotten when they end', () => {
	const slots = withRunning([delivery(), delivery({ endpointId: 'whk_2' })]);
	const { runningByEndpoint, runningByHost, runningByUser } = slots.free();
	expect([[...runningByEndpoint], [...runningByHost], [...runningByUser]]).toEqual([
		[
			['whk_1', 1],
			['whk_2', 1],
		],
		[['usr_1 example.com', 2]],
		[['usr_1', 2]],
	]);
	slots.release(delivery());
	slots.release(delivery({ endpointId: 'whk_2' }));
	const after = slots.free();
	const sizes = [after.runningByEndpoint, after.runningByHost, after.runningByUser].map(({ size }) => size);
	expect([...sizes, after.free]).toEqual([0, 0, 0, 8]);
});

test('one user gets twice as many attempts at one host as at an endpoint', () => {
	const limits = { total: 100, perEndpoint: 2 };
	const [first = delivery(), ...more] = ['whk_1', 'whk_2', 'whk_3', 'whk_4'].map((endpointId) =>
		delivery({ endpointId }),
	);
	expect(createSlots(limits).free().perHost).toBe(4);
	expect(withRunning([first, ...more], limits).freesReachedLimit(first)).toBe(true);
	expect(withRunning(more, limits).freesReachedLimit(first)).toBe(false);
});

test('slow endpoints get half of the slots', () => {
	const slots = withRunning([delivery({ slow: true })]);
	expect(slots.free()).toMatchObject({ free: 7, freeSlow: 3 });
});

test('one user gets a fifth of the slots, and ten users leave some free', () => {
	const slots = createSlots({ total: 512, perEndpoint: 8 });
	const takeAll = (userId: string) => {
		for (
			let before = slots.free();
			(before.runningByUser.get(userId) ?? 0) < before.perUser;
			before = slots.free()
		)
			slots.acquire([delivery({ userId })], before);
	};
	takeAll('usr_1');
	expect(512 - slots.free().free).toBe(103);
	for (let user = 2; user <= 10; user += 1) takeAll(`usr_${user}`);
	expect(slots.free().free).toBeGreaterThan(50);
});

test.each<[string, SlotRequest[], boolean]>([
	['of an endpoint below its limit', [delivery()], false],
	['of an endpoint at its limit', [delivery(), delivery()], true],
	['of a failing endpoint, which gets one at a time', [delivery({ failures: 5 })], true],
	[
		'beside endpoints at their limits',
		[delivery(), ...Array(2).fill(delivery({ endpointId: 'whk_2', userId: 'usr_2' }))],
		false,
	],
	['of a user at the limit', [delivery(), delivery({ endpointId: 'whk_2' })], true],
	['of a full process', Array.from({ length: 8 }, (_, id) => delivery({ endpointId: `whk_${id}` })), true],
	[
		'of the last slow slot',
		Array.from({ length: 4 }, (_, id) => delivery({ endpointId: `whk_${id}`, slow: true })),
		true,
	],
])('whether the end of an attempt %s lets another start', (_, running, isLast) => {
	const [first = delivery()] = running;
	expect(withRunning(running).freesReachedLimit(first)).toBe(isLast);
});

describe('after a claim that left deliveries of an endpoint waiting, the end of an attempt lets another start', () => {
	const limits = { total: 100, perEndpoint: 4 };
	const four = Array(4).fill(delivery());

	test('for each attempt of the endpoint', () => {
		const slots = withRunning(four, limits);
		for (const one of four) {
			slots.release(one);
			expect(slots.freesReachedLimit(one)).toBe(true);
		}
	});

	test('although others have ended during the claim', () => {
		const slots = withRunning(four, limits);
		slots.release(delivery());
		const before = slots.free();
		for (let ended = 0; ended < 3; ended += 1) slots.release(delivery());
		slots.acquire([delivery()], before);
		slots.release(delivery());
		expect(slots.freesReachedLimit(delivery())).toBe(true);
	});

	test('until a claim finds fewer than it could start', () => {
		const slots = withRunning(four, limits);
		for (const one of four) slots.release(one);
		slots.acquire([delivery()], slots.free());
		expect(slots.freesReachedLimit(delivery())).toBe(false);
	});
});
