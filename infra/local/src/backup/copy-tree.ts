import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** What to do with an entry of the tree. `empty` copies a directory without its content. */
export type Choice = 'copy' | 'skip' | 'empty';

/**
 * Copies directories and files with their modes and times, even while other processes write there: entries that disappear after they
 * were listed are skipped. `choose` gets paths relative to `from`. Rejects between two files once `stop` aborts.
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
			if (choose(inner) !== 'skip') await copy(inner).catch(ignoreMissing);
		}
	};
	await copy('');
}

function ignoreMissing(error: unknown): void {
	if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
