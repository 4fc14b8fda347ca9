import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../testing/temporary.ts';
import {
	bindToThisProcess,
	endOwnedProcesses,
	findOwnedProcesses,
	hasOwnershipMark,
	ownershipMark,
} from './ownership.ts';

const directory = temporaryDirectory();

test.each([
	['the mark among other variables', 'A=1\0CREATORR_SUPERVISED=/home/a\0B=2', true],
	['the mark of a home whose name begins with this one', 'CREATORR_SUPERVISED=/home/ab\0', false],
	['a variable that contains the mark', 'X=CREATORR_SUPERVISED=/home/a\0', false],
])('hasOwnershipMark judges %s', (_, environ, expected) => {
	expect(hasOwnershipMark(environ, '/home/a')).toBe(expected);
});

test('a bound command does not run when its starter died before it was bound', async () => {
	const run = async (command: string[]) => {
		const [program = '', ...args] = command;
		return await promisify(execFile)(program, args).then(({ stdout }) => stdout, String);
	};
	// an orphan sees another parent than the one it is bound to
	const orphan = bindToThisProcess(['echo', 'ran']).map((word) =>
		word === String(process.pid) ? '1' : word,
	);
	expect(await run(orphan)).not.toMatch(/^ran$/m);
	expect(await run(bindToThisProcess(['echo', 'ran', 'a b', '$c']))).toBe('ran a b $c\n');
});

test('endOwnedProcesses ends the processes of a home and their children, and no others', async () => {
	const home = directory();
	const start = (env: Record<string, string>) =>
		spawn('sh', ['-c', 'sleep 60 & wait'], { env: { PATH: process.env.PATH ?? '', ...env } });
	const [ours, stranger] = [start(ownershipMark(home)), start(ownershipMark(`${home}-other`))];
	await Promise.all([once(ours, 'spawn'), once(stranger, 'spawn')]);
	while (findOwnedProcesses(home).length < 2 || findOwnedProcesses(`${home}-other`).length < 2)
		await new Promise((resolve) => setTimeout(resolve, 10));

	expect(await endOwnedProcesses(home)).toBe(2);
	expect(findOwnedProcesses(home)).toEqual([]);
	expect(stranger.exitCode).toBeNull();
	expect(await endOwnedProcesses(`${home}-other`)).toBe(2);
});
