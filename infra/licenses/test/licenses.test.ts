import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
	PACKAGES_TO_BENCH,
	PACKAGES_TO_BENCH_GATEWAY,
	PACKAGES_TO_PROCESS,
	PACKAGES_TO_TEST,
} from '../../local/src/machine/debian-packages.ts';
import { ALLOWED_LICENSES, LINT_ONLY_PACKAGES, licensesDocument } from '../src/document.ts';
import { currentLicenses, REPOSITORY, readLibraries } from '../src/libraries.ts';
import { BENCH_PROGRAMS, DEVELOPMENT_PROGRAMS, programsOf, WORKER_PROGRAMS } from '../src/programs.ts';

let licenses: Map<string, string>;
beforeAll(async () => {
	licenses = await currentLicenses();
});

/** Of a desktop LibreOffice where that is installed in place of the one without windows. */
function copyrightOf(name: string): string {
	const path = (one: string) => `/usr/share/doc/${one}/copyright`;
	return existsSync(path(name)) ? path(name) : path(name.replace(/-nogui$/, ''));
}

describe('programsOf', () => {
	const program = (name: string, purpose?: string) => ({
		name,
		license: 'MIT',
		copyrightText: 'MIT',
		packages: [`lib${name}`],
		...(purpose && { purpose }),
	});

	test('names each program once, with the tools that use it', () => {
		const tools = [
			{ title: 'Shrink', programs: [program('zip', 'packs'), program('awk')] },
			{ title: 'Grow', programs: [program('zip', 'packs')] },
			{ title: 'Turn', programs: [program('zip', 'packs'), program('pdf', 'turns')] },
		];
		expect(programsOf(tools).map(({ name, purpose }) => [name, purpose])).toEqual([
			['awk', 'Shrink'],
			['pdf', 'Turn: turns'],
			['zip', 'all tools: packs'],
		]);
		expect(programsOf(tools.slice(0, 2)).at(-1)?.purpose).toBe('all tools: packs');
		expect(programsOf([...tools, { title: 'Rest', programs: [] }]).at(-1)?.purpose).toBe(
			'Shrink, Grow, Turn: packs',
		);
	});
});

const packagesOf = (programs: typeof BENCH_PROGRAMS) => programs.flatMap(({ packages }) => packages).sort();

test('the document is what the script writes: if not, run node infra/licenses/src/write.ts', () => {
	const document = readFileSync(join(REPOSITORY, 'docs', 'licenses.md'), 'utf8');
	expect(document).toBe(licensesDocument(licenses));
});

test('every library has a license that is compatible with ours', () => {
	const isAllowed = (license: string) =>
		license.split(' OR ').some((one) => one.split(' AND ').every((part) => ALLOWED_LICENSES.includes(part)));
	const others = [...licenses].filter(([, license]) => !isAllowed(license)).map(([name]) => name);
	expect(others.sort()).toEqual(LINT_ONLY_PACKAGES);
});

test('every library that the lockfile pins is named, but for parts for one kind of machine', () => {
	const pinned = readLibraries().filter(({ isForOnePlatform }) => !isForOnePlatform);
	expect(pinned.length).toBeGreaterThan(100);
	expect(pinned.filter(({ name }) => !licenses.has(name))).toEqual([]);
});

test('every Debian package that is installed is named, and no other', () => {
	const installed = [...PACKAGES_TO_TEST, ...PACKAGES_TO_BENCH, ...PACKAGES_TO_BENCH_GATEWAY];
	const wanted = [...new Set(installed)];
	expect(packagesOf(WORKER_PROGRAMS)).toEqual(PACKAGES_TO_PROCESS.toSorted());
	expect(packagesOf([...WORKER_PROGRAMS, ...DEVELOPMENT_PROGRAMS, ...BENCH_PROGRAMS])).toEqual(wanted.sort());
});

test.each(
	[...WORKER_PROGRAMS, ...DEVELOPMENT_PROGRAMS].flatMap(({ packages, copyrightText }) =>
		packages.map((name) => ({ name, copyrightText })),
	),
)('the copyright file of $name says $copyrightText', ({ name, copyrightText }) => {
	expect(readFileSync(copyrightOf(name), 'utf8')).toContain(copyrightText);
});
