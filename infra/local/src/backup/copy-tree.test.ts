import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { copyTree } from './copy-tree.ts';

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'creatorr-copy-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('files come with their bytes, modes and times', async () => {
	const [from, to] = [join(directory, 'from'), join(directory, 'to')];
	mkdirSync(join(from, 'a', 'b'), { recursive: true });
	writeFileSync(join(from, 'a', 'b', 'file'), 'bytes');
	chmodSync(join(from, 'a', 'b', 'file'), 0o600);
	chmodSync(join(from, 'a'), 0o700);
	utimesSync(join(from, 'a', 'b', 'file'), 1_000, 2_000);
	await copyTree(from, to);
	expect(readFileSync(join(to, 'a', 'b', 'file'), 'utf8')).toBe('bytes');
	expect(statSync(join(to, 'a', 'b', 'file')).mtimeMs).toBe(2_000_000);
	expect(statSync(join(to, 'a', 'b', 'file')).mode & 0o777).toBe(0o600);
	expect(statSync(join(to, 'a')).mode & 0o777).toBe(0o700);
});

test('what is to be left is left, and what is to be empty is there', async () => {
	const [from, to] = [join(directory, 'from'), join(directory, 'to')];
	for (const name of ['kept', 'left', 'emptied']) {
		mkdirSync(join(from, name), { recursive: true });
		writeFileSync(join(from, name, 'file'), name);
	}
	const choices = { left: 'leave', emptied: 'empty' } as const;
	await copyTree(from, to, { choose: (path) => choices[path as keyof typeof choices] ?? 'copy' });
	expect(readdirSync(to).sort()).toEqual(['emptied', 'kept']);
	expect([readdirSync(join(to, 'kept')), readdirSync(join(to, 'emptied'))]).toEqual([['file'], []]);
});

test('a tree that is not there is an error', async () => {
	await expect(copyTree(join(directory, 'nothing'), join(directory, 'to'))).rejects.toThrow(/ENOENT/);
});
