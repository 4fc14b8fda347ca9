import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, link, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileExistsError } from './destination.ts';

/** Writes a file atomically and, without `force`, never replaces one. */
export async function writeAtomically(
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

/** Moves a file. Unlike a rename, a link fails if another file was created meanwhile. */
async function moveIfFree(from: string, to: string): Promise<void> {
	try {
		await link(from, to);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw fileExistsError(to);
		// Not every file system has links.
		const fileExists = await access(to).then(
			() => true,
			() => false,
		);
		if (fileExists) throw fileExistsError(to);
		await rename(from, to);
	}
}
