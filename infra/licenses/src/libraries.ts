import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

export const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** An npm package as the lockfile pins it. */
export interface Library {
	name: string;
	version: string;
	/** As `sha512-<base64>`. */
	integrity: string;
	/** The libraries it depends on, as `name@version`. */
	dependencies: string[];
	/** A native part of another package, for one kind of machine, or a dependency of only such parts. */
	isForOnePlatform: boolean;
}

interface Lockfile {
	packages: Record<string, { resolution: { integrity?: string }; os?: string[]; cpu?: string[] }>;
	snapshots: Record<string, Record<'dependencies' | 'optionalDependencies', Record<string, string>>>;
}

/** A snapshot's key and a needed version name the peers they were resolved with in brackets. */
function withoutPeers(text: string): string {
	return text.replace(/\(.*$/, '');
}

/** An alias leads to another name. */
function idOf(name: string, version: string): string {
	const plain = withoutPeers(version);
	return plain.includes('@') ? plain : `${name}@${plain}`;
}

function onlyForOnePlatform(
	{ packages }: Lockfile,
	dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): Set<string> {
	const neededBy = new Map<string, string[]>();
	for (const [id, needed] of dependencies)
		for (const one of needed) neededBy.set(one, [...(neededBy.get(one) ?? []), id]);
	const native = new Set(Object.keys(packages).filter((id) => packages[id]?.os ?? packages[id]?.cpu));
	for (let size = -1; size !== native.size; ) {
		size = native.size;
		for (const [id, users] of neededBy) if (users.every((user) => native.has(user))) native.add(id);
	}
	return native;
}

/** Everything that the lockfile pins, in the order of names. */
export function readLibraries(): Library[] {
	const lockfile = parse(readFileSync(join(REPOSITORY, 'pnpm-lock.yaml'), 'utf8')) as Lockfile;
	const dependenciesOf = new Map<string, Set<string>>();
	for (const [key, { dependencies, optionalDependencies }] of Object.entries(lockfile.snapshots)) {
		const known = dependenciesOf.get(withoutPeers(key)) ?? new Set();
		for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies }))
			known.add(idOf(name, version));
		dependenciesOf.set(withoutPeers(key), known);
	}
	const native = onlyForOnePlatform(lockfile, dependenciesOf);
	return Object.entries(lockfile.packages).map(([id, { resolution }]) => {
		const at = id.lastIndexOf('@');
		return {
			name: id.slice(0, at),
			version: id.slice(at + 1),
			integrity: resolution.integrity ?? '',
			dependencies: [...(dependenciesOf.get(id) ?? [])].sort(),
			isForOnePlatform: native.has(id),
		};
	});
}

/** Where a package.json says nothing, and the package's text does. */
const LICENSE_OVERRIDES: Readonly<Record<string, string>> = { 'humanize-number': 'MIT' };

/** The license of each library that is installed here, as its package.json says. */
export async function readLibraryLicenses(): Promise<Map<string, string>> {
	const { stdout } = await promisify(execFile)('pnpm', ['licenses', 'list', '--json'], {
		cwd: REPOSITORY,
		maxBuffer: 64 * 1024 ** 2,
	});
	const byLicense = JSON.parse(stdout) as Record<string, { name: string }[]>;
	return new Map(
		Object.entries(byLicense).flatMap(([license, packages]) =>
			packages.map(({ name }): [string, string] => [
				name,
				LICENSE_OVERRIDES[name] ?? license.replaceAll(' and ', ' AND ').replace(/^\((.*)\)$/, '$1'),
			]),
		),
	);
}

/** Of every library but parts of one for a kind of machine, so that it is the same on all. */
export async function currentLicenses(): Promise<Map<string, string>> {
	const native = new Set(
		readLibraries().flatMap(({ name, isForOnePlatform }) => (isForOnePlatform ? [name] : [])),
	);
	return new Map([...(await readLibraryLicenses())].filter(([name]) => !native.has(name)));
}
