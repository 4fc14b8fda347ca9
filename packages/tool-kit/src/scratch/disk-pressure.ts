import { statfs } from 'node:fs/promises';

/** The last part of the disk, for what is written before the next measurement: a twentieth, and at most 1 GiB. */
const RESERVE_SHARE = 1 / 20;
const MAX_RESERVE_BYTES = 1024 ** 3;
/** Ending a run that uses less than this share of the reserve would not help. */
const MIN_EVICTED_SHARE = 1 / 10;
/** Removing the files of a run takes time. Until then no other run is ended. */
const EVICTION_PAUSE_MS = 10_000;

export interface DiskSpace {
	freeBytes: number;
	/** Runs that use much are ended, and no other is started, when less than this is free. */
	reserveBytes: number;
}

/** Returns the space on the disk of a directory. */
export async function diskSpace(directory: string): Promise<DiskSpace> {
	const { bavail, blocks, bsize } = await statfs(directory);
	return {
		freeBytes: bavail * bsize,
		reserveBytes: Math.min(MAX_RESERVE_BYTES, blocks * bsize * RESERVE_SHARE),
	};
}

/** Decides which run is ended when the runs of this process together fill the disk, each within its limit. */
export interface DiskPressure {
	/** Records how many bytes a run uses, and returns whether to end it: the disk is nearly full, and no other run uses more. */
	mustEvict(run: object, directory: string, usedBytes: number): Promise<boolean>;
	/** Forgets a run that has ended. */
	remove(run: object): void;
}

interface DiskPressureOptions {
	readSpace?: (directory: string) => Promise<DiskSpace>;
	monotonicMs?: () => number;
}

export function createDiskPressure({
	readSpace = diskSpace,
	monotonicMs = () => performance.now(),
}: DiskPressureOptions = {}): DiskPressure {
	const usedBytesOf = new Map<object, number>();
	let evictedAtMs = Number.NEGATIVE_INFINITY;
	return {
		async mustEvict(run, directory, usedBytes) {
			usedBytesOf.set(run, usedBytes);
			// Fails when the run has ended and its directory is gone.
			const space = await readSpace(directory).catch(() => undefined);
			if (!space || space.freeBytes >= space.reserveBytes) return false;
			const isLargest =
				usedBytes >= Math.max(space.reserveBytes * MIN_EVICTED_SHARE, ...usedBytesOf.values());
			if (!isLargest || monotonicMs() - evictedAtMs < EVICTION_PAUSE_MS) return false;
			evictedAtMs = monotonicMs();
			return true;
		},
		remove: (run) => void usedBytesOf.delete(run),
	};
}
