import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { carriesMark, endOwnedProcesses, findOwnedProcesses, ownershipMark } from './ownership.ts';

describe('carriesMark', () => {
	test('finds the mark among other variables', () => {
		expect(carriesMark('A=1\0CREATORR_SUPERVISED=/home/a\0B=2', '/home/a')).toBe(true);
	});

	test('tells a home from one whose name begins with its name', () => {
		expect(carriesMark('CREATORR_SUPERVISED=/home/ab\0', '/home/a')).toBe(false);
	});

	test('is not taken in by a variable that contains the mark', () => {
		expect(carriesMark('X=CREATORR_SUPERVISED=/home/a\0', '/home/a')).toBe(false);
	});
});

test('processes of a home, and those they started, are found and ended; others are not', async () => {
	const home = realpathSync(mkdtempSync(join(tmpdir(), 'creatorr-owned-')));
	const start = (env: Record<string, string>) =>
		spawn('sh', ['-c', 'sleep 60 & wait'], { env: { PATH: process.env.PATH ?? '', ...env } });
	const [ours, stranger] = [start(ownershipMark(home)), start(ownershipMark(`${home}-other`))];
	await Promise.all([once(ours, 'spawn'), once(stranger, 'spawn')]);
	while (findOwnedProcesses(home).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));

	expect(await endOwnedProcesses(home)).toBe(2);
	expect(findOwnedProcesses(home)).toEqual([]);
	expect(stranger.exitCode).toBeNull();
	expect(await endOwnedProcesses(`${home}-other`)).toBe(2);
	rmSync(home, { recursive: true });
});
