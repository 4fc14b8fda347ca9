import { expect, test } from '@jest/globals';
import { judgeBaseline, judgeMutant } from './verdict.ts';

const mutant = { test: 'refuses %s' };
const result = (...tests: { name: string; passed: boolean; isStarted?: boolean }[]) => ({
	tests: tests.map((one) => ({ isStarted: true, ...one })),
	output: 'output of jest',
});

test('a mutant is killed when the test that it names fails', () => {
	const failed = { name: 'the gateway refuses a forged token', passed: false };
	const passed = { name: 'the gateway refuses an old token', passed: true };
	expect(judgeMutant(mutant, result(passed, failed))).toEqual({ kind: 'killed' });
});

test('a mutant survives when only another test fails', () => {
	const named = { name: 'refuses a forged token', passed: true };
	const other = { name: 'answers 200', passed: false };
	expect(judgeMutant(mutant, result(named, other)).kind).toBe('survived');
});

test.each([
	['no test runs, as with code that no longer compiles', result()],
	['only another test runs', result({ name: 'answers 200', passed: false })],
	['a hook before the test fails', result({ name: 'refuses a token', passed: false, isStarted: false })],
])('a mutant is invalid when %s', (_, ran) => {
	expect(judgeMutant(mutant, ran)).toMatchObject({ kind: 'invalid', output: 'output of jest' });
});

test('a mutant is invalid when the test fails or is missing without it', () => {
	expect(judgeBaseline(mutant, result({ name: 'refuses a', passed: true }))).toBeUndefined();
	expect(judgeBaseline(mutant, result({ name: 'refuses a', passed: false }))?.kind).toBe('invalid');
	expect(judgeBaseline(mutant, result({ name: 'accepts a', passed: true }))?.kind).toBe('invalid');
});
