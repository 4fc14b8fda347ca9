import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const SCRIPT = join(import.meta.dirname, '../src/drop-unreachable.ts');

let root: string;

const storePath = (name: string) =>
	join(root, 'node_modules/.pnpm', `${name.replace('/', '+')}@1.0.0`, 'node_modules');

/** Writes a package as pnpm does, with links to its dependencies beside it. */
function lay(name: string, dependencies: string[] = []): void {
	mkdirSync(join(storePath(name), name), { recursive: true });
	for (const dependency of dependencies) link(join(storePath(name), dependency), dependency);
}

function link(path: string, name: string): void {
	mkdirSync(dirname(path), { recursive: true });
	symlinkSync(join(storePath(name), name), path);
}

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'installation-'));
	lay('a', ['@scope/b']);
	lay('@scope/b');
	lay('@prisma/client', ['prisma', 'typescript', 'a']);
	for (const name of ['prisma', 'typescript', 'left-over']) lay(name);
	for (const name of ['a', 'left-over']) link(join(root, 'node_modules/.pnpm/node_modules', name), name);
	mkdirSync(join(root, 'packages/database/node_modules/@prisma'), { recursive: true });
	link(join(root, 'packages/database/node_modules/@prisma/client'), '@prisma/client');
	execFileSync(process.execPath, ['--no-warnings', SCRIPT, root]);
});

afterEach(() => rmSync(root, { recursive: true }));

test('packages that the workspace reaches through links are kept', () => {
	for (const name of ['@prisma/client', 'a', '@scope/b'])
		expect([name, existsSync(storePath(name))]).toEqual([name, true]);
	expect(existsSync(join(storePath('a'), '@scope/b'))).toBe(true);
});

test('unreachable packages and those that only code generation needs are removed', () => {
	for (const name of ['left-over', 'prisma', 'typescript'])
		expect([name, existsSync(storePath(name))]).toEqual([name, false]);
	expect(existsSync(join(root, 'node_modules/.pnpm/node_modules/a'))).toBe(true);
	expect(existsSync(join(root, 'node_modules/.pnpm/node_modules/left-over'))).toBe(false);
});
