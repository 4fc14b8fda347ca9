import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../settings/settings.ts';

const EXCLUDED = new Set(['.git', '.local', '.turbo', '.made', 'results']);

/** Copies the repository with its generated code, so that the copy can be changed and run. `root` must not exist. */
export function copyRepository(root: string): void {
	mkdirSync(root);
	// Entry by entry, because `root` may lie in a directory of the repository that is left out.
	for (const name of readdirSync(REPOSITORY)) {
		if (EXCLUDED.has(name) || name === 'node_modules') continue;
		cpSync(join(REPOSITORY, name), join(root, name), {
			recursive: true,
			verbatimSymlinks: true,
			filter: (path) => !EXCLUDED.has(basename(path)),
		});
	}
	// Links between packages stay within the copy. Links to dependencies lead to this repository.
	symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
}
