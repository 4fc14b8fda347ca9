import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../settings/settings.ts';

const LEFT_OUT = new Set(['.git', '.local', '.turbo', '.made', 'results']);

/** Copies the repository with its generated code, so that the copy can be changed and run; `root` must not be there yet. */
export function copyRepository(root: string): void {
	mkdirSync(root);
	// One by one: it may lie within what is copied, in a directory that is left out.
	for (const name of readdirSync(REPOSITORY)) {
		if (LEFT_OUT.has(name) || name === 'node_modules') continue;
		cpSync(join(REPOSITORY, name), join(root, name), {
			recursive: true,
			verbatimSymlinks: true,
			filter: (path) => !LEFT_OUT.has(basename(path)),
		});
	}
	// Links of packages to each other stay within the copy; those to dependencies lead here.
	symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
}
