import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant, Mutation } from './mutant.ts';
import type { Edit, Scope } from './operators.ts';
import { findDeclarations, parseTypeScript } from './syntax.ts';

/** Files of the repository by path, relative to its root. */
export type Files = ReadonlyMap<string, string>;

const SOURCES = '{src,prisma/migrations}/**/*.{ts,tsx,py,sql}';
const TESTS = /\.test\.tsx?$|\/(generated|testing|node_modules|__pycache__)\//;

/** Reads what mutants may change: the code of apps and packages without their tests. */
export function readSources(root: string): Files {
	return readAll(root, `{apps,packages}/*/${SOURCES}`, (path) => !TESTS.test(path));
}

/** Reads the tests of apps and packages. */
export function readTests(root: string): Files {
	return readAll(
		root,
		'{apps,packages}/*/{src,test}/**/*.test.{ts,tsx}',
		(path) => !path.includes('/node_modules/'),
	);
}

function readAll(root: string, pattern: string, isWanted: (path: string) => boolean): Files {
	const paths = globSync(pattern, { cwd: root }).filter(isWanted);
	return new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/**
 * Makes the changes of a mutant, one after the other.
 * @returns only the files that changed
 * @throws an Error that says what to correct when a symbol isn't there, or its operator finds no place or more than one
 */
export function applyMutant({ mutations }: Pick<Mutant, 'mutations'>, files: Files): Files {
	const changed = new Map<string, string>();
	for (const mutation of mutations) {
		const { path, edit } = findPlace(mutation, new Map([...files, ...changed]));
		const source = changed.get(path) ?? files.get(path) ?? '';
		changed.set(path, source.slice(0, edit.start) + edit.text + source.slice(edit.end));
	}
	return changed;
}

function findPlace(mutation: Mutation, files: Files): { path: string; edit: Edit } {
	const { packageName, symbol, operator } = mutation;
	const places = new Map<string, { path: string; edit: Edit }>();
	for (const [path, source] of files) {
		if (path.split('/')[1] !== packageName) continue;
		for (const edit of findEdits(path, source, mutation))
			places.set(`${path}:${edit.start}:${edit.end}`, { path, edit });
	}
	const [place, ...others] = places.values();
	if (place && others.length === 0) return place;
	const where = [...places.keys()].join(', ');
	throw new Error(
		place
			? `${operator.label} finds ${places.size} places in ${symbol} of ${packageName}: name the one it means with more words. They are ${where}.`
			: `${operator.label} finds no place in ${symbol} of ${packageName}: has it been renamed or rewritten?`,
	);
}

function findEdits(path: string, source: string, { symbol, operator }: Mutation): Edit[] {
	const name = symbol.split('.').at(-1) ?? symbol;
	if (!source.includes(name)) return [];
	const findScopes = /\.tsx?$/.test(path) ? findInTypeScript : findInText;
	return findScopes(path, source, symbol).flatMap((scope) => operator.findEdits(scope));
}

function findInTypeScript(path: string, source: string, symbol: string): Scope[] {
	const root = parseTypeScript(source, { isJsx: path.endsWith('x') });
	return findDeclarations(root, symbol).map((node) => ({ source, start: node.start, end: node.end, node }));
}

/** Finds a function or a constant of a Python module, with all its lines, or what a statement of an SQL script creates. */
function findInText(path: string, source: string, name: string): Scope[] {
	const pattern = path.endsWith('.py')
		? `^([ \\t]*)(?:(?:async )?def ${name}\\(|${name} = ).*\\n(?:(?:\\1[ \\t)\\]}].*)?\\n)*`
		: `^CREATE [A-Z ]+ "?${name}"?\\s[^;]*;`;
	return [...source.matchAll(new RegExp(pattern, 'gm'))].map(({ index, 0: { length } }) => {
		return { source, start: index, end: index + length };
	});
}
