import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const { resolve } = createRequire(import.meta.url);
const ENVIRONMENT = fileURLToPath(import.meta.resolve('@creatorr/config-jest/environment'));

const TESTS = `
describe('one', () => {
	for (const name of 'abcd') test(name, () => {});
	test.skip('skipped anyway', () => {});
});
describe('another', () => {
	test('e', () => {});
	test('f', () => {});
});
`;

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'sliced-'));
	await writeFile(join(directory, 'package.json'), '{}');
});
afterAll(() => rm(directory, { recursive: true }));

/** Returns the names of the tests that Jest runs of a file. */
async function testsRun(
	file: string,
	{ seed, args = [] }: { seed?: string; args?: string[] },
): Promise<string> {
	await writeFile(join(directory, 'sliced.test.js'), file);
	const { TEST_SEED: _, NODE_OPTIONS: __, ...inherited } = process.env;
	const env = { ...inherited, ...(seed && { TEST_SEED: seed }) };
	const report = join(directory, 'report.json');
	const command = [
		resolve('jest/bin/jest'),
		'--env',
		ENVIRONMENT,
		'--json',
		`--outputFile=${report}`,
		...args,
	];
	await promisify(execFile)(process.execPath, command, { cwd: directory, env });
	const { testResults } = JSON.parse(await readFile(report, 'utf8'));
	const [{ assertionResults }]: [{ assertionResults: { status: string; title: string }[] }] = testResults;
	const passed = assertionResults.filter(({ status }) => status === 'passed');
	return passed.map(({ title }) => title).join('');
}

describe('of a test file that begins with @slice 3, Jest runs', () => {
	const sliced = `/** @slice 3 */\n${TESTS}`;

	test('with TEST_SEED, three tests, and at least one of each describe', async () => {
		const [one, again] = [await testsRun(sliced, { seed: '7' }), await testsRun(sliced, { seed: '7' })];
		expect(one).toMatch(/^[a-d]{1,2}[ef]{1,2}$/);
		expect(one).toHaveLength(3);
		expect(again).toBe(one);
	});

	test('every test without TEST_SEED', async () => {
		expect(await testsRun(sliced, {})).toBe('abcdef');
	});

	test('every test that is chosen by its name', async () => {
		expect(await testsRun(sliced, { seed: '7', args: ['-t', 'one'] })).toBe('abcd');
	});
});

test('Jest runs every test of a file without @slice, also with TEST_SEED', async () => {
	expect(await testsRun(TESTS, { seed: '7' })).toBe('abcdef');
});
