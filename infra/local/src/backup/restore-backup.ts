import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { DIRECTORIES, FILES } from './backup-files.ts';
import { copyTree } from './copy-tree.ts';

/**
 * Puts a backup into a home that has nothing yet; the backup stays as it is. All data appears at once, at the end.
 * @throws StartError when the home has data
 */
export async function restoreBackup(source: string, home: Home): Promise<void> {
	if (readdirSync(home.data).length > 0) {
		throw new StartError(
			`${home.root} has data already: set CREATORR_HOME to a directory that is not there yet, or remove all of it with \`npm run reset\`.`,
		);
	}
	const restoring = join(home.root, 'data.restoring');
	rmSync(restoring, { recursive: true, force: true });
	for (const name of DIRECTORIES) {
		const from = join(source, name);
		if (existsSync(from)) await copyTree(from, join(restoring, name));
	}
	for (const name of FILES) await copyFile(join(source, name), join(home.root, name));
	rmdirSync(home.data);
	renameSync(restoring, home.data);
}
