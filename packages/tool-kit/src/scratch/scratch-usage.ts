import { lstatSync, readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Scratch } from './scratch.ts';

/** An empty file counts as one block, so that many empty files count too. */
const MIN_BYTES = 4096;
const BLOCK_BYTES = 512;
/** Files that are looked up synchronously before the event loop continues: about 2 ms. A promise for each would take ten times the CPU time. */
const FILES_PER_BATCH = 500;

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
	let files = 0;
	const count = (stats: Stats) => {
		const mayRepeat = (stats.nlink > 1 && !stats.isDirectory()) || stats.nlink === 0;
		if (mayRepeat && counted.has(stats.ino)) return;
		if (mayRepeat) counted.add(stats.ino);
		bytes += Math.max(MIN_BYTES, stats.blocks * BLOCK_BYTES);
	};

	async function countBelow(directory: string): Promise<void> {
		for (const name of (await readdir(directory).catch(undefinedIfGone)) ?? []) {
			if (bytes > enoughBytes) return;
			files += 1;
			if (files % FILES_PER_BATCH === 0) await yieldToEventLoop();
			const path = join(directory, name);
			const stats = lstat(path);
			if (stats) count(stats);
			if (stats?.isDirectory()) await countBelow(path);
		}
	}

	for (const pid of pids) {
		for (const stats of unlinkedFilesOf(pid)) count(stats);
		await yieldToEventLoop();
	}
	try {
		for (const directory of [scratch.toolDir, scratch.tmpDir, scratch.shmDir]) await countBelow(directory);
	} catch {
		return Number.POSITIVE_INFINITY;
	}
	return bytes;
}

/** Returns undefined for a removed file. Throws for an unreadable one, which no well-behaved tool creates. */
function undefinedIfGone(error: NodeJS.ErrnoException): undefined {
	if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

function lstat(path: string): Stats | undefined {
	try {
		return lstatSync(path);
	} catch (error) {
		return undefinedIfGone(error as NodeJS.ErrnoException);
	}
}

/** Returns the unlinked files that a process has open, of which the sandbox allows few enough for one batch. */
function unlinkedFilesOf(pid: number): Stats[] {
	const directory = `/proc/${pid}/fd`;
	const found: Stats[] = [];
	for (const descriptor of descriptorsIn(directory)) {
		try {
			const path = join(directory, descriptor);
			if (hasName(path)) continue;
			const stats = statSync(path);
			if (stats.isFile() && stats.nlink === 0) found.push(stats);
		} catch {
			// The descriptor has been closed.
		}
	}
	return found;
}

/**
 * Returns whether the file of a descriptor still has a name in a directory. Returns false for a path that is too long to be read,
 * because the file may be unlinked.
 */
function hasName(descriptor: string): boolean {
	try {
		return !readlinkSync(descriptor).endsWith(' (deleted)');
	} catch {
		return false;
	}
}

/** Returns none for a process that has ended. */
function descriptorsIn(directory: string): string[] {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}
