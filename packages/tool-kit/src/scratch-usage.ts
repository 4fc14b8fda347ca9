import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scratch } from './scratch.ts';

/** An entry without content takes a block, so that a flood of empty files counts too. */
const LEAST_BYTES = 4096;
const BLOCK_BYTES = 512;

/**
 * The disk that a run takes: all below its directories, and files without a name (deleted, or of memory alone) that one of its
 * processes holds open. Stops counting behind `enoughBytes`; what can't be counted is infinite.
 */
export async function scratchUsage(
	scratch: Scratch,
	pids: readonly number[],
	enoughBytes: number,
): Promise<number> {
	const counted = new Set<number>();
	let bytes = 0;
	const count = (stats: Stats) => {
		const isCounted = (stats.nlink > 1 && !stats.isDirectory()) || stats.nlink === 0;
		if (isCounted && counted.has(stats.ino)) return;
		if (isCounted) counted.add(stats.ino);
		bytes += Math.max(LEAST_BYTES, stats.blocks * BLOCK_BYTES);
	};

	async function countBelow(directory: string): Promise<void> {
		for (const name of (await unlessGone(readdir(directory))) ?? []) {
			if (bytes > enoughBytes) return;
			const path = join(directory, name);
			const stats = await unlessGone(lstat(path));
			if (stats) count(stats);
			if (stats?.isDirectory()) await countBelow(path);
		}
	}

	for (const pid of pids) for (const stats of await namelessFilesOf(pid)) count(stats);
	try {
		for (const directory of [scratch.toolDir, scratch.tmpDir, scratch.shmDir]) await countBelow(directory);
	} catch {
		return Number.POSITIVE_INFINITY;
	}
	return bytes;
}

/** Undefined where it is gone by now. Throws where it is out of reach: no tool closes its own directories, or nests them so deep. */
function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
	return read.catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
		throw error;
	});
}

async function namelessFilesOf(pid: number): Promise<Stats[]> {
	const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
	const all = await Promise.all(
		descriptors.map((descriptor) => stat(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined)),
	);
	return all.filter((stats) => stats !== undefined).filter((stats) => stats.isFile() && stats.nlink === 0);
}
