import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { alreadyThere } from './destination.ts';

/** Writes a file that is there as a whole or not at all, and, without force, only where there was none. */
export async function writeWhole(
	bytes: Readable,
	path: string,
	{ force, signal }: { force: boolean; signal: AbortSignal },
): Promise<void> {
	const directory = dirname(path);
	await mkdir(directory, { recursive: true });
	const temporary = join(directory, `.creatorr-${randomUUID()}.part`);
	try {
		await pipeline(bytes, createWriteStream(temporary, { flags: 'wx' }), { signal });
		if (force) await rename(temporary, path);
		else await moveIfFree(temporary, path);
	} finally {
		await rm(temporary, { force: true });
	}
}

/** A link, unlike a rename, fails when another file has come meanwhile. */
async function moveIfFree(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw alreadyThere(to);
		// not every file system has links
		const isThere = await access(to).then(
			() => true,
			() => false,
		);
		if (isThere) throw alreadyThere(to);
		await rename(from, to);
	}
}
