import { expect, test } from '@jest/globals';
import { createDiskPressure, diskSpace } from './disk-pressure.ts';

const MIB = 1024 ** 2;

/** Returns the pressure on a disk whose last 1,000 MiB are the reserve. */
function pressureOn(disk: { freeBytes: number; nowMs?: number }) {
	const { mustEvict, remove } = createDiskPressure({
		readSpace: async () => ({ freeBytes: disk.freeBytes, reserveBytes: 1_000 * MIB }),
		monotonicMs: () => disk.nowMs ?? 0,
	});
	return { mustEvict: (run: object, usedMib: number) => mustEvict(run, '/', usedMib * MIB), remove };
}

const [small, large] = [{ name: 'small' }, { name: 'large' }];

test('nothing is ended while the reserve is free', async () => {
	const { mustEvict } = pressureOn({ freeBytes: 1_000 * MIB });
	expect(await mustEvict(large, 9_000)).toBe(false);
});

test('the run that uses most is ended when the disk is nearly full, and no other until its files are removed', async () => {
	const disk = { freeBytes: 2_000 * MIB, nowMs: 0 };
	const { mustEvict, remove } = pressureOn(disk);
	await mustEvict(large, 3_000);
	disk.freeBytes = 10 * MIB;
	expect([await mustEvict(small, 900), await mustEvict(large, 4_000)]).toEqual([false, true]);
	remove(large);
	expect(await mustEvict(small, 900)).toBe(false);
	disk.nowMs = 60_000;
	expect(await mustEvict(small, 900)).toBe(true);
});

test('a run that uses little is not ended, because others fill the disk', async () => {
	const { mustEvict } = pressureOn({ freeBytes: 10 * MIB });
	expect(await mustEvict(small, 90)).toBe(false);
});

test('the reserve is at most 1 GiB', async () => {
	const { freeBytes, reserveBytes } = await diskSpace('/');
	expect(freeBytes).toBeGreaterThanOrEqual(0);
	expect(reserveBytes).toBeLessThanOrEqual(1_024 * MIB);
});
