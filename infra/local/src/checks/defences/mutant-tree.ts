import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../../stack/settings.ts';
import { StartError } from '../../supervisor/start-error.ts';
import type { Defence } from './defence.ts';

const LEFT_OUT = new Set(['.git', '.local', '.turbo', '.made', 'results']);

/** A copy of the repository, in which defences may be taken out. */
export interface MutantTree {
	root: string;
	/** Takes it out; returns what puts it back. Throws a StartError where the code is not there, or more than once. */
	takeOut(defence: Defence): () => void;
	remove(): void;
}

export function createMutantTree(root: string): MutantTree {
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
	return {
		root,
		takeOut: (defence) => takeOut(root, defence),
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}

function takeOut(root: string, { name, file, code, without }: Defence): () => void {
	const path = join(root, file);
	const whole = readFileSync(path, 'utf8');
	const count = whole.split(code).length - 1;
	if (count !== 1) {
		throw new StartError(
			`The defence "${name}" is there ${count} times in ${file}, instead of once: tell checks/defences what it looks like now.`,
		);
	}
	writeFileSync(
		path,
		whole.replace(code, () => without),
	);
	return () => writeFileSync(path, whole);
}
