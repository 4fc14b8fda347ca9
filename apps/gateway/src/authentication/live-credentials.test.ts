import { describe, expect, test } from '@jest/globals';
import { createLiveCredentials } from './live-credentials.ts';

/** Returns credentials with a lease that the test ends and lookups that the test resolves. */
function setUp() {
	const world = {
		nowMs: 0,
		isValid: true,
		/** What auth says about a live credential. */
		scope: 'read',
		term: { instanceId: 'one' },
		lookups: [] as { id: string; response: PromiseWithResolvers<{ scope: string } | null> }[],
		respond(alive: boolean): void {
			for (const lookup of world.lookups.splice(0))
				lookup.response.resolve(alive ? { scope: world.scope } : null);
		},
		newTerm(): void {
			world.term = { instanceId: 'two' };
		},
	};
	const credentials = createLiveCredentials<{ scope: string }>({
		lease: { term: () => world.term, isValid: () => world.isValid },
		fetchFromAuth(id) {
			const response = Promise.withResolvers<{ scope: string } | null>();
			world.lookups.push({ id, response });
			return response.promise;
		},
		monotonicMs: () => world.nowMs,
		recheckMs: 60_000,
		capacity: 10,
	});
	const find = (id: string) => credentials.find(id, 'req_1');
	const isAlive = (id: string) => {
		const found = find(id);
		return found instanceof Promise ? found.then((value) => value !== null) : found !== null;
	};
	/** Caches the credential as alive. */
	async function learn(id: string): Promise<void> {
		const alive = isAlive(id);
		world.respond(true);
		await alive;
	}
	return { world, credentials, find, isAlive, learn };
}

const unavailable = expect.objectContaining({ code: 'upstream_unavailable' });

describe('a live credential', () => {
	test('is looked up once and then cached', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		expect(isAlive('a')).toBe(true);
		expect(world.lookups).toEqual([]);
	});

	test('is looked up once for concurrent requests', async () => {
		const { world, isAlive } = setUp();
		const responses = [isAlive('a'), isAlive('a'), isAlive('a')];
		expect(world.lookups.length).toBe(1);
		world.respond(true);
		expect(await Promise.all(responses)).toEqual([true, true, true]);
	});

	test('is looked up again after a failed lookup', async () => {
		const { world, isAlive } = setUp();
		const first = Promise.resolve(isAlive('a'));
		world.lookups.pop()?.response.reject(new Error('away'));
		await expect(first).rejects.toThrow('away');
		const second = isAlive('a');
		world.respond(true);
		expect(await second).toBe(true);
	});

	test('is checked again after a minute, while the cached result is used', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		expect(isAlive('a')).toBe(true);
		expect(isAlive('a')).toBe(true);
		expect(world.lookups.length).toBe(1);
	});

	test('is rejected if auth says that it has ended', async () => {
		const { world, isAlive } = setUp();
		const alive = isAlive('a');
		world.respond(false);
		expect(await alive).toBe(false);
		expect(isAlive('a')).toBe(false);
	});

	test('ends if a later check says so', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		isAlive('a');
		world.respond(false);
		await new Promise(setImmediate);
		expect(isAlive('a')).toBe(false);
	});
});

describe('a revocation', () => {
	test('takes effect at once, without a lookup', async () => {
		const { world, credentials, learn, isAlive } = setUp();
		await learn('a');
		credentials.revoke(['a']);
		expect(isAlive('a')).toBe(false);
		expect(world.lookups).toEqual([]);
	});

	test('doesn’t affect other credentials', async () => {
		const { credentials, learn, isAlive } = setUp();
		await learn('a');
		await learn('b');
		credentials.revoke(['a']);
		expect(isAlive('b')).toBe(true);
	});

	test('overrides a lookup in progress', async () => {
		const { world, credentials, isAlive } = setUp();
		const alive = isAlive('a');
		credentials.revoke(['a']);
		world.respond(true);
		expect(await alive).toBe(false);
		expect(isAlive('a')).toBe(false);
	});

	test('overrides a lookup in progress for all its callers', async () => {
		const { world, credentials, isAlive } = setUp();
		const before = [isAlive('a'), isAlive('a')];
		credentials.revoke(['a']);
		expect(isAlive('a')).toBe(false);
		world.respond(true);
		expect(await Promise.all(before)).toEqual([false, false]);
	});

	test('overrides a lookup in progress after the credential was evicted from the cache', async () => {
		const { world, credentials, learn, isAlive } = setUp();
		const alive = isAlive('a');
		const lookup = world.lookups.pop();
		credentials.revoke(['a']);
		for (let other = 0; other < 20; other += 1) await learn(`other ${other}`);
		lookup?.response.resolve({ scope: 'read' });
		expect(await alive).toBe(false);
	});

	test('overrides a recheck in progress', async () => {
		const { world, credentials, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		isAlive('a');
		credentials.revoke(['a']);
		world.respond(true);
		await new Promise(setImmediate);
		expect(isAlive('a')).toBe(false);
	});
});

describe('without a lease', () => {
	test('a credential that was alive is rejected', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.isValid = false;
		expect(() => isAlive('a')).toThrow(unavailable);
	});

	test('a lookup in progress is rejected', async () => {
		const { world, isAlive } = setUp();
		const alive = Promise.resolve(isAlive('a'));
		world.isValid = false;
		world.respond(true);
		await expect(alive).rejects.toEqual(unavailable);
	});

	test('a lookup in progress still reports a dead credential', async () => {
		const { world, isAlive } = setUp();
		const alive = isAlive('a');
		world.isValid = false;
		world.respond(false);
		expect(await alive).toBe(false);
	});
});

describe('under a new lease', () => {
	test('credentials of the previous one are forgotten', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.newTerm();
		const alive = isAlive('a');
		world.respond(false);
		expect(await alive).toBe(false);
	});

	test('a lookup that began under the previous one is rejected, and later callers start another', async () => {
		const { world, isAlive } = setUp();
		const old = Promise.resolve(isAlive('a'));
		world.newTerm();
		const now = isAlive('a');
		expect(world.lookups.length).toBe(2);
		world.lookups[0]?.response.resolve({ scope: 'read' });
		await expect(old).rejects.toEqual(unavailable);
		world.lookups[1]?.response.resolve(null);
		expect(await now).toBe(false);
		expect(isAlive('a')).toBe(false);
	});
});

describe('a change', () => {
	test('takes effect with the next request', async () => {
		const { world, credentials, learn, find } = setUp();
		await learn('a');
		credentials.invalidate(['a']);
		world.scope = 'write';
		const found = find('a');
		world.respond(true);
		expect(await found).toEqual({ scope: 'write' });
		expect(find('a')).toEqual({ scope: 'write' });
	});

	test('overrides a lookup in progress, which asks again', async () => {
		const { world, credentials, find } = setUp();
		const found = find('a');
		credentials.invalidate(['a']);
		world.respond(true);
		await new Promise(setImmediate);
		world.scope = 'write';
		world.respond(true);
		expect(await found).toEqual({ scope: 'write' });
	});

	test('overrides a recheck in progress', async () => {
		const { world, credentials, learn, find } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		find('a');
		credentials.invalidate(['a']);
		world.respond(true);
		await new Promise(setImmediate);
		expect(find('a')).toBeInstanceOf(Promise);
	});
});

test('dead credentials don’t evict live ones', async () => {
	const { world, learn, isAlive } = setUp();
	await learn('a');
	for (let other = 0; other < 20; other += 1) {
		const alive = isAlive(`other ${other}`);
		world.respond(false);
		await alive;
	}
	expect(isAlive('a')).toBe(true);
});
