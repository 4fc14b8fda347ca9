import { describe, expect, test } from '@jest/globals';
import { createLiveSessions } from './live-sessions.ts';

/** Sessions under a lease that the test ends, with lookups that the test answers. */
function setUp() {
	const world = {
		nowMs: 0,
		isValid: true,
		term: { instanceId: 'one' },
		lookups: [] as { sessionId: string; answer: PromiseWithResolvers<boolean> }[],
		answer(alive: boolean): void {
			for (const lookup of world.lookups.splice(0)) lookup.answer.resolve(alive);
		},
		newTerm(): void {
			world.term = { instanceId: 'two' };
		},
	};
	const sessions = createLiveSessions({
		lease: { term: () => world.term, isValid: () => world.isValid },
		ask(sessionId) {
			const answer = Promise.withResolvers<boolean>();
			world.lookups.push({ sessionId, answer });
			return answer.promise;
		},
		monotonicMs: () => world.nowMs,
		recheckMs: 60_000,
		capacity: 10,
	});
	const isAlive = (sessionId: string) => sessions.isAlive(sessionId, 'req_1');
	/** Takes the session for alive. */
	async function learn(sessionId: string): Promise<void> {
		const alive = isAlive(sessionId);
		world.answer(true);
		await alive;
	}
	return { world, sessions, isAlive, learn };
}

const unavailable = expect.objectContaining({ code: 'upstream_unavailable' });

describe('a live session', () => {
	test('is looked up once and then known', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		expect(isAlive('a')).toBe(true);
		expect(world.lookups).toEqual([]);
	});

	test('is looked up once for many that ask together', async () => {
		const { world, isAlive } = setUp();
		const answers = [isAlive('a'), isAlive('a'), isAlive('a')];
		expect(world.lookups.length).toBe(1);
		world.answer(true);
		expect(await Promise.all(answers)).toEqual([true, true, true]);
	});

	test('is looked up again when a lookup failed', async () => {
		const { world, isAlive } = setUp();
		const first = Promise.resolve(isAlive('a'));
		world.lookups.pop()?.answer.reject(new Error('away'));
		await expect(first).rejects.toThrow('away');
		const second = isAlive('a');
		world.answer(true);
		expect(await second).toBe(true);
	});

	test('is asked about again after a minute, while the answer stays', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		expect(isAlive('a')).toBe(true);
		expect(isAlive('a')).toBe(true);
		expect(world.lookups.length).toBe(1);
	});

	test('is dead when it is found dead', async () => {
		const { world, isAlive } = setUp();
		const alive = isAlive('a');
		world.answer(false);
		expect(await alive).toBe(false);
		expect(isAlive('a')).toBe(false);
	});

	test('does not go on when asking again found it dead', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		isAlive('a');
		world.answer(false);
		await new Promise(setImmediate);
		expect(isAlive('a')).toBe(false);
	});
});

describe('a revocation', () => {
	test('is believed at once, without asking', async () => {
		const { world, sessions, learn, isAlive } = setUp();
		await learn('a');
		sessions.revoke(['a']);
		expect(isAlive('a')).toBe(false);
		expect(world.lookups).toEqual([]);
	});

	test('leaves other sessions alone', async () => {
		const { sessions, learn, isAlive } = setUp();
		await learn('a');
		await learn('b');
		sessions.revoke(['a']);
		expect(isAlive('b')).toBe(true);
	});

	test('beats a lookup that is under way and was answered from before it', async () => {
		const { world, sessions, isAlive } = setUp();
		const alive = isAlive('a');
		sessions.revoke(['a']);
		world.answer(true);
		expect(await alive).toBe(false);
		expect(isAlive('a')).toBe(false);
	});

	test('beats such a lookup for those that joined it, and nobody joins it after', async () => {
		const { world, sessions, isAlive } = setUp();
		const before = [isAlive('a'), isAlive('a')];
		sessions.revoke(['a']);
		expect(isAlive('a')).toBe(false);
		world.answer(true);
		expect(await Promise.all(before)).toEqual([false, false]);
	});

	test('beats such a lookup though the session was pushed out of memory meanwhile', async () => {
		const { world, sessions, learn, isAlive } = setUp();
		const alive = isAlive('a');
		const lookup = world.lookups.pop();
		sessions.revoke(['a']);
		for (let other = 0; other < 20; other += 1) await learn(`other ${other}`);
		lookup?.answer.resolve(true);
		expect(await alive).toBe(false);
	});

	test('beats asking again after a minute', async () => {
		const { world, sessions, learn, isAlive } = setUp();
		await learn('a');
		world.nowMs = 60_001;
		isAlive('a');
		sessions.revoke(['a']);
		world.answer(true);
		await new Promise(setImmediate);
		expect(isAlive('a')).toBe(false);
	});
});

describe('without a lease', () => {
	test('nothing is said of a session that was alive', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.isValid = false;
		expect(() => isAlive('a')).toThrow(unavailable);
	});

	test('a lookup that was under way says nothing', async () => {
		const { world, isAlive } = setUp();
		const alive = Promise.resolve(isAlive('a'));
		world.isValid = false;
		world.answer(true);
		await expect(alive).rejects.toEqual(unavailable);
	});

	test('a lookup that was under way still says that a session is dead', async () => {
		const { world, isAlive } = setUp();
		const alive = isAlive('a');
		world.isValid = false;
		world.answer(false);
		expect(await alive).toBe(false);
	});
});

describe('under a new lease', () => {
	test('what was known under the old one is forgotten', async () => {
		const { world, learn, isAlive } = setUp();
		await learn('a');
		world.newTerm();
		const alive = isAlive('a');
		world.answer(false);
		expect(await alive).toBe(false);
	});

	test('a lookup of the old one says nothing, to whoever joins later neither', async () => {
		const { world, isAlive } = setUp();
		const old = Promise.resolve(isAlive('a'));
		world.newTerm();
		const now = isAlive('a');
		expect(world.lookups.length).toBe(2);
		world.lookups[0]?.answer.resolve(true);
		await expect(old).rejects.toEqual(unavailable);
		world.lookups[1]?.answer.resolve(false);
		expect(await now).toBe(false);
		expect(isAlive('a')).toBe(false);
	});
});
