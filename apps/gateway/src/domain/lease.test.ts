import { afterEach, describe, expect, test } from '@jest/globals';
import { createLease, type Lease } from './lease.ts';

type Answer = { granted: boolean; ttl_ms: number };

const opened: Lease[] = [];
afterEach(() => {
	for (const lease of opened.splice(0)) lease.close();
});

/** A lease on a clock that the test moves, and answers that the test gives. */
function setUp() {
	const world = {
		nowMs: 1_000,
		ends: [] as string[],
		asked: [] as string[],
		answer: async (): Promise<Answer> => ({ granted: true, ttl_ms: 5_000 }),
	};
	const lease = createLease({
		ask: (instanceId) => {
			world.asked.push(instanceId);
			return world.answer();
		},
		monotonicMs: () => world.nowMs,
		marginMs: 250,
		onEnd: (reason) => world.ends.push(reason),
	});
	opened.push(lease);
	return { world, lease };
}

describe('a lease', () => {
	test('is not valid before it is granted', () => {
		expect(setUp().lease.isValid()).toBe(false);
	});

	test('has an instance id that auth accepts', () => {
		expect(setUp().lease.tenure().instanceId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
	});

	test('is valid for what was granted less a margin, counted from before it was asked for', async () => {
		const { world, lease } = setUp();
		world.answer = async () => {
			world.nowMs += 2_000;
			return { granted: true, ttl_ms: 5_000 };
		};
		await lease.renew();
		world.nowMs = 1_000 + 4_749;
		expect(lease.isValid()).toBe(true);
		world.nowMs = 1_000 + 4_750;
		expect(lease.isValid()).toBe(false);
	});

	test('stays the same tenure for as long as it is renewed in time', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		const { instanceId } = lease.tenure();
		for (let renewal = 0; renewal < 10; renewal += 1) {
			world.nowMs += 1_000;
			await lease.renew();
		}
		expect(lease.isValid()).toBe(true);
		expect(lease.tenure().instanceId).toBe(instanceId);
		expect(world.ends).toEqual([]);
	});

	test('once lapsed begins another tenure and says so', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		const { instanceId } = lease.tenure();
		world.nowMs += 5_000;
		expect(lease.tenure().instanceId).not.toBe(instanceId);
		expect(world.ends).toEqual(['lapsed']);
	});

	test('once fenced begins another tenure, which can be granted', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.answer = async () => ({ granted: false, ttl_ms: 5_000 });
		expect(await lease.renew()).toBe(0);
		expect(lease.isValid()).toBe(false);
		expect(world.ends).toEqual(['fenced']);
		world.answer = async () => ({ granted: true, ttl_ms: 5_000 });
		expect(await lease.renew()).toBe(5_000);
		expect(lease.isValid()).toBe(true);
		expect(new Set(world.asked).size).toBe(2);
	});

	test('that lapsed while auth was answering is not revived by the answer', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.answer = async () => {
			world.nowMs += 6_000;
			return { granted: true, ttl_ms: 60_000 };
		};
		expect(await lease.renew()).toBe(0);
		expect(lease.isValid()).toBe(false);
		expect(world.ends).toEqual(['lapsed']);
	});

	test('goes on until it lapses when auth does not answer', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.answer = () => Promise.reject(new Error('away'));
		await expect(lease.renew()).rejects.toThrow('away');
		world.nowMs += 4_749;
		expect(lease.isValid()).toBe(true);
		world.nowMs += 1;
		expect(lease.isValid()).toBe(false);
	});

	test('that was never granted ends without a word', async () => {
		const { world, lease } = setUp();
		world.answer = async () => ({ granted: false, ttl_ms: 0 });
		await lease.renew();
		expect(world.ends).toEqual([]);
	});
});
