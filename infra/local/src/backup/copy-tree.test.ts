import {
	chmodSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { temporaryDirectory } from '../testing/temporary.ts';
import { type Choice, copyTree } from './copy-tree.ts';

const directory = temporaryDirectory();
let from: string;
let to: string;
beforeEach(() => {
	[from, to] = [join(directory(), 'from'), join(directory(), 'to')];
});

test('copyTree copies bytes, modes and times', async () => {
	mkdirSync(join(from, 'a', 'b'), { recursive: true });
	writeFileSync(join(from, 'a', 'b', 'file'), 'bytes', { mode: 0o600 });
	chmodSync(join(from, 'a'), 0o700);
	utimesSync(join(from, 'a', 'b', 'file'), 1_000, 2_000);
	await copyTree(from, to);
	const copied = statSync(join(to, 'a', 'b', 'file'));
	expect(readFileSync(join(to, 'a', 'b', 'file'), 'utf8')).toBe('bytes');
	expect([copied.mtimeMs, copied.mode & 0o777]).toEqual([2_000_000, 0o600]);
	expect(statSync(join(to, 'a')).mode & 0o777).toBe(0o700);
});

test('copyTree leaves out and empties what is chosen', async () => {
	for (const name of ['kept', 'left', 'emptied']) {
		mkdirSync(join(from, name), { recursive: true });
		writeFileSync(join(from, name, 'file'), name);
	}
	const choices: Record<string, Choice> = { left: 'skip', emptied: 'empty' };
	await copyTree(from, to, { choose: (path) => choices[path] ?? 'copy' });
	expect(readdirSync(to).sort()).toEqual(['emptied', 'kept']);
	expect([readdirSync(join(to, 'kept')), readdirSync(join(to, 'emptied'))]).toEqual([['file'], []]);
});

test('copyTree rejects when the source does not exist', async () => {
	await expect(copyTree(join(from, 'nothing'), to)).rejects.toThrow(/ENOENT/);
});
