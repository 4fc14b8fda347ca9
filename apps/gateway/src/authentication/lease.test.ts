import { afterEach, describe, expect, test } from '@jest/globals';
import { createLease, type Lease } from './lease.ts';

type LeaseResponse = { granted: boolean; ttl_ms: number };

const opened: Lease[] = [];
afterEach(() => {
	for (const lease of opened.splice(0)) lease.close();
});

/** Returns a lease with a clock and responses that the test controls. */
function setUp() {
	const world = {
		nowMs: 1_000,
		ends: [] as string[],
		asked: [] as string[],
		requestLease: async (): Promise<LeaseResponse> => ({ granted: true, ttl_ms: 5_000 }),
	};
	const lease = createLease({
		requestLease: (instanceId) => {
			world.asked.push(instanceId);
			return world.requestLease();
		},
		bootTimeMs: () => world.nowMs,
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

	test('has an instance id in the format of auth', () => {
		expect(setUp().lease.term().instanceId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
	});

	test('is valid for the granted time minus a margin, counted from before the request', async () => {
		const { world, lease } = setUp();
		world.requestLease = async () => {
			world.nowMs += 2_000;
			return { granted: true, ttl_ms: 5_000 };
		};
		await lease.renew();
		world.nowMs = 1_000 + 4_749;
		expect(lease.isValid()).toBe(true);
		world.nowMs = 1_000 + 4_750;
		expect(lease.isValid()).toBe(false);
	});

	test('keeps its term while it is renewed in time', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		const { instanceId } = lease.term();
		for (let renewal = 0; renewal < 10; renewal += 1) {
			world.nowMs += 1_000;
			await lease.renew();
		}
		expect(lease.isValid()).toBe(true);
		expect(lease.term().instanceId).toBe(instanceId);
		expect(world.ends).toEqual([]);
	});

	test('is not shortened by an earlier request with a later response', async () => {
		const { world, lease } = setUp();
		const late = Promise.withResolvers<LeaseResponse>();
		world.requestLease = () => late.promise;
		const overtaken = lease.renew();
		world.nowMs += 2_000;
		world.requestLease = async () => ({ granted: true, ttl_ms: 5_000 });
		await lease.renew();
		late.resolve({ granted: true, ttl_ms: 5_000 });
		await overtaken;
		expect(lease.remainingMs()).toBe(4_750);
	});

	test('begins and reports another term after it expired', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		const { instanceId } = lease.term();
		world.nowMs += 5_000;
		expect(lease.term().instanceId).not.toBe(instanceId);
		expect(world.ends).toEqual(['expired']);
	});

	test('begins another term after it was fenced, which can be granted', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.requestLease = async () => ({ granted: false, ttl_ms: 5_000 });
		expect(await lease.renew()).toBe(0);
		expect(lease.isValid()).toBe(false);
		expect(world.ends).toEqual(['fenced']);
		world.requestLease = async () => ({ granted: true, ttl_ms: 5_000 });
		expect(await lease.renew()).toBe(5_000);
		expect(lease.isValid()).toBe(true);
		expect(new Set(world.asked).size).toBe(2);
	});

	test('that expired before the response stays invalid', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.requestLease = async () => {
			world.nowMs += 6_000;
			return { granted: true, ttl_ms: 60_000 };
		};
		expect(await lease.renew()).toBe(0);
		expect(lease.isValid()).toBe(false);
		expect(world.ends).toEqual(['expired']);
	});

	test('stays valid until it lapses when auth does not respond', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		world.requestLease = () => Promise.reject(new Error('away'));
		await expect(lease.renew()).rejects.toThrow('away');
		world.nowMs += 4_749;
		expect(lease.isValid()).toBe(true);
		world.nowMs += 1;
		expect(lease.isValid()).toBe(false);
	});

	test('sends no request after close', async () => {
		const { world, lease } = setUp();
		await lease.renew();
		lease.close();
		expect(await lease.renew()).toBe(0);
		expect([lease.isValid(), world.asked.length]).toEqual([false, 1]);
	});

	test('that was closed before the response stays invalid', async () => {
		const { world, lease } = setUp();
		const late = Promise.withResolvers<LeaseResponse>();
		world.requestLease = () => late.promise;
		const asked = lease.renew();
		lease.close();
		late.resolve({ granted: true, ttl_ms: 5_000 });
		expect([await asked, lease.isValid()]).toEqual([0, false]);
	});

	test('that was never granted ends silently', async () => {
		const { world, lease } = setUp();
		world.requestLease = async () => ({ granted: false, ttl_ms: 0 });
		await lease.renew();
		expect(world.ends).toEqual([]);
	});
});
