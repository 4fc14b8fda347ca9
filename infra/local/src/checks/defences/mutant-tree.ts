import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyRepository } from '../../stack/repository-copy.ts';
import { StartError } from '../../supervisor/start-error.ts';
import { type Cut, cutsOf, type Defence } from './defence.ts';

/** A copy of the repository, in which defences may be taken out. */
export interface MutantTree {
	root: string;
	/** Takes it out; returns what puts it back. Throws a StartError where the code is not there, or more than once. */
	takeOut(defence: Defence): () => void;
	remove(): void;
}

export function createMutantTree(root: string): MutantTree {
	copyRepository(root);
	return {
		root,
		takeOut: (defence) => takeOut(root, defence),
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}

function takeOut(root: string, defence: Defence): () => void {
	const wholes = new Map<string, string>();
	const putBack = () => {
		for (const [path, whole] of wholes) writeFileSync(path, whole);
	};
	try {
		for (const cut of cutsOf(defence)) {
			const path = join(root, cut.file);
			const text = readFileSync(path, 'utf8');
			if (!wholes.has(path)) wholes.set(path, text);
			writeFileSync(path, cutOut(text, cut, defence.name));
		}
	} catch (error) {
		putBack();
		throw error;
	}
	return putBack;
}

function cutOut(text: string, { file, code, without }: Cut, name: string): string {
	const count = text.split(code).length - 1;
	if (count === 1) return text.replace(code, () => without);
	throw new StartError(
		`The defence "${name}" is there ${count} times in ${file}, instead of once: tell checks/defences what it looks like now.`,
	);
}
