import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { toPattern, toSeed, toWholeNumber } from './options.ts';

test.each([
	['2 on wrong usage', '--rounds=0', 2],
	['0 after its help', '--help', 0],
	['what its program returns on correct usage', '--rounds=1', 1],
])('a program exits with %s', async (_, argument, expected) => {
	const module = fileURLToPath(new URL('./options.ts', import.meta.url));
	const script = `
import { createCommand, toWholeNumber } from ${JSON.stringify(module)};
createCommand('test').option('--rounds <n>', 'rounds', toWholeNumber).parse();
process.exit(1);`;
	const args = ['--no-warnings', '--input-type=module', '--eval', script, '--', argument];
	const ended = Promise.withResolvers<number | null>();
	execFile(process.execPath, args).once('error', ended.reject).once('exit', ended.resolve);
	expect(await ended.promise).toBe(expected);
});

test('a seed may be 0, as a random one may', () => {
	expect(toSeed('0')).toBe(0);
});

test('a pattern is a valid regular expression', () => {
	expect(() => toPattern('(')).toThrow('Invalid regular expression');
});

test.each(['0', '-1', '1.5', '', '1e3'])('a count is not "%s"', (text) => {
	expect(() => toWholeNumber(text)).toThrow('Must be a whole number of at least 1.');
});
