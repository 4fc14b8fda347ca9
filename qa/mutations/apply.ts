import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant, Mutation } from './mutant.ts';
import type { Edit } from './operators.ts';
import { findDeclarations, parseTypeScript } from './syntax.ts';
import { findInPython, findInSql } from './text-scopes.ts';

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
	if (/\.tsx?$/.test(path)) {
		const root = parseTypeScript(source, { isJsx: path.endsWith('x') });
		return findDeclarations(root, symbol).flatMap((node) => operator.inTypeScript?.({ source, node }) ?? []);
	}
	const find = path.endsWith('.py') ? findInPython : findInSql;
	return find(source, name).flatMap(({ start, end }) =>
		(operator.inText?.(source.slice(start, end)) ?? []).map((edit) => ({
			...edit,
			start: start + edit.start,
			end: start + edit.end,
		})),
	);
}
