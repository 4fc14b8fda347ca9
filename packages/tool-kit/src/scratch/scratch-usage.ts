import type { Stats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scratch } from './scratch.ts';

/** An empty file counts as one block, so that many empty files count too. */
const MIN_BYTES = 4096;
const BLOCK_BYTES = 512;

/**
 * Returns the bytes of disk that a run uses: all files in its directories, and unlinked files that one of its processes has open.
 * Stops counting beyond `enoughBytes`. Returns infinity when a directory can't be read.
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
		bytes += Math.max(MIN_BYTES, stats.blocks * BLOCK_BYTES);
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

	for (const pid of pids) for (const stats of await unlinkedFilesOf(pid)) count(stats);
	try {
		for (const directory of [scratch.toolDir, scratch.tmpDir, scratch.shmDir]) await countBelow(directory);
	} catch {
		return Number.POSITIVE_INFINITY;
	}
	return bytes;
}

/** Returns undefined for a removed file. Throws for an unreadable one, which no well-behaved tool creates. */
function unlessGone<T>(read: Promise<T>): Promise<T | undefined> {
	return read.catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
		throw error;
	});
}

async function unlinkedFilesOf(pid: number): Promise<Stats[]> {
	const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
	const all = await Promise.all(
		descriptors.map((descriptor) => stat(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined)),
	);
	return all.filter((stats) => stats !== undefined).filter((stats) => stats.isFile() && stats.nlink === 0);
}
