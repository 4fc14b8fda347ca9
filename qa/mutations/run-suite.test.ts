import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runSuite } from './run-suite.ts';

/** A test that fails by itself, and one that never starts. */
const SUITE = `
test('fails', () => { throw new Error('wrong'); });
describe('with a service', () => {
	beforeAll(() => { throw new Error('does not boot'); });
	test('is not tried', () => undefined);
});`;

let root: string;

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'run-suite-'));
	mkdirSync(join(root, 'packages', 'sample'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

test('distinguishes a failing test from a failing hook', async () => {
	writeFileSync(join(root, 'packages/sample/jest.config.mjs'), 'export default {};');
	writeFileSync(join(root, 'packages/sample/a.test.js'), SUITE);
	const given = { suite: 'packages/sample/a.test.js', tests: ['fails', 'is not tried'] };
	const { tests } = await runSuite(root, given, new AbortController().signal);
	expect(tests).toEqual([
		{ name: 'fails', passed: false, isStarted: true },
		{ name: 'with a service is not tried', passed: false, isStarted: false },
	]);
});
