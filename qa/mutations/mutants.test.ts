import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { applyMutant, readSources, readTests } from './apply.ts';
import { MUTANTS } from './mutants.ts';
import { findSuite } from './suites.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const sources = readSources(REPOSITORY);
const tests = readTests(REPOSITORY);

describe('each mutant', () => {
	test.each(MUTANTS)('$name: applies to the code', (mutant) => {
		const changed = applyMutant(mutant, sources);
		for (const [path, text] of changed) expect(text).not.toBe(sources.get(path));
		expect(changed.size).toBeGreaterThan(0);
	});

	test.each(MUTANTS)('$name: names a test that is there', (mutant) => {
		expect(tests.get(findSuite(mutant, tests))).toContain(mutant.test);
	});

	test('has a name of its own', () => {
		expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
	});
});

test('npm test tries a few', () => {
	expect(MUTANTS.filter(({ isQuick }) => isQuick)).toHaveLength(4);
});
