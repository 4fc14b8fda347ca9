import { describe, expect, test } from '@jest/globals';
import { newKeys } from '../testing/keys.ts';
import { createSigningKeySet } from './signing-key-set.ts';

function setUp(minIntervalMs = 0) {
	const world = { keys: [newKeys().jwk('a')] as unknown[], loads: 0, isDown: false, removals: 0 };
	const keys = createSigningKeySet({
		async load() {
			world.loads += 1;
			if (world.isDown) throw new Error('away');
			return { keys: world.keys };
		},
		monotonicMs: () => performance.now(),
		minIntervalMs,
		onRemoved() {
			world.removals += 1;
		},
	});
	return { world, keys };
}

describe('a key set', () => {
	test('is empty until it is loaded', async () => {
		const { keys } = setUp();
		expect([keys.find('a'), keys.isLoaded()]).toEqual([undefined, false]);
		await keys.refresh();
		expect(keys.find('a')?.asymmetricKeyType).toBe('ec');
		expect(keys.isLoaded()).toBe(true);
	});

	test('removes a key that is no longer published, and changes its version', async () => {
		const { world, keys } = setUp();
		await keys.refresh();
		const version = keys.version();
		world.keys = [newKeys().jwk('b')];
		await keys.refresh();
		expect(keys.find('a')).toBeUndefined();
		expect(keys.version()).not.toBe(version);
	});

	test('reports a removed key, but not a new one', async () => {
		const { world, keys } = setUp();
		await keys.refresh();
		world.keys.push(newKeys().jwk('b'));
		await keys.refresh();
		expect(world.removals).toBe(0);
		world.keys.shift();
		await keys.refresh();
		expect(world.removals).toBe(1);
	});

	test('says whether it has exactly the published keys', async () => {
		const { world, keys } = setUp();
		expect(keys.hasExactly(['a'])).toBe(false);
		world.keys.push({ kid: 'of another kind', kty: 'RSA' });
		await keys.refresh();
		expect(keys.hasExactly(['of another kind', 'a'])).toBe(true);
		expect(keys.hasExactly(['a'])).toBe(false);
		expect(keys.hasExactly(['a', 'b'])).toBe(false);
	});

	test('keeps its version if nothing changed', async () => {
		const { keys } = setUp();
		await keys.refresh();
		const version = keys.version();
		await keys.refresh();
		expect(keys.version()).toBe(version);
	});

	test('keeps its keys when a load fails', async () => {
		const { world, keys } = setUp();
		await keys.refresh();
		world.isDown = true;
		await expect(keys.refresh()).rejects.toThrow('away');
		expect(keys.find('a')).toBeDefined();
	});

	test('ignores keys of other kinds', async () => {
		const { world, keys } = setUp();
		world.keys = [{ kty: 'oct', kid: 'secret', k: 'AAAA' }, { kty: 'EC' }, newKeys().jwk('a'), null];
		await keys.refresh();
		expect(keys.find('secret')).toBeUndefined();
		expect(keys.find('a')).toBeDefined();
	});

	test('loads once for concurrent callers', async () => {
		const { world, keys } = setUp(100);
		await keys.refresh();
		await Promise.all(Array.from({ length: 50 }, () => keys.refresh()));
		expect(world.loads).toBe(2);
	});

	test('resolves each call with a load that began after it', async () => {
		const { world, keys } = setUp(50);
		await keys.refresh();
		const waiting = keys.refresh();
		world.keys = [newKeys().jwk('b')];
		await waiting;
		expect(keys.find('b')).toBeDefined();
	});

	test('isn’t replaced by an older set that arrives later', async () => {
		const [old, rotated] = [newKeys().jwk('a'), newKeys().jwk('b')];
		const older = Promise.withResolvers<{ keys: unknown[] }>();
		const started = Promise.withResolvers<void>();
		let loads = 0;
		const load = async () => {
			loads += 1;
			if (loads > 1) return { keys: [rotated] };
			started.resolve();
			return await older.promise;
		};
		const keys = createSigningKeySet({ load, monotonicMs: () => performance.now(), minIntervalMs: 0 });
		const first = keys.refresh();
		await started.promise;
		await keys.refresh();
		older.resolve({ keys: [old] });
		await first;
		expect([keys.hasExactly(['b']), keys.find('a')]).toEqual([true, undefined]);
	});
});
