import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** What becomes of something in the tree, by its path below the root of it. */
export type Choice = 'copy' | 'leave' | 'empty';

/**
 * Copies directories and files with their modes and times, while others may write there: what has gone since it was listed
 * is left out. A directory that is `empty` is made, without what is in it. Rejects between two files once it is to stop.
 */
export async function copyTree(
	from: string,
	to: string,
	{ choose = () => 'copy', stop }: { choose?: (path: string) => Choice; stop?: AbortSignal | undefined } = {},
): Promise<void> {
	const copy = async (path: string): Promise<void> => {
		stop?.throwIfAborted();
		const [source, target] = [join(from, path), join(to, path)];
		const found = await stat(source);
		if (!found.isDirectory()) {
			await copyFile(source, target, constants.COPYFILE_FICLONE);
			return await utimes(target, found.atime, found.mtime);
		}
		await mkdir(target, { mode: found.mode, recursive: true });
		if (choose(path) === 'empty') return;
		for (const name of (await readdir(source)).sort()) {
			const inner = join(path, name);
			if (choose(inner) !== 'leave') await copy(inner).catch(unlessGone);
		}
	};
	await copy('');
}

function unlessGone(error: unknown): void {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
