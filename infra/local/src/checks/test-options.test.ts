import { describe, expect, test } from '@jest/globals';
import { parseTestOptions } from './test-options.ts';

describe('npm test', () => {
	test('runs all checks with a random seed', () => {
		const options = parseTestOptions([], {});
		expect(options).toEqual({ filter: '', seed: expect.stringMatching(/^\d+$/) });
	});

	test('takes the seed from TEST_SEED', () => {
		expect(parseTestOptions(['apps/files'], { TEST_SEED: '7' })).toEqual({ filter: 'apps/files', seed: '7' });
	});

	test.each([
		[['--full'], ''],
		[['apps/files', '--full'], 'apps/files'],
		[['--full', 'apps/files'], 'apps/files'],
	])('has no seed with %j, even with TEST_SEED', (args, filter) => {
		expect(parseTestOptions(args, { TEST_SEED: '7' })).toEqual({ filter });
	});

	test.each([[['--help']], [['--fast']], [['apps/files', 'apps/jobs']]])('shows its usage for %j', (args) => {
		expect(() => parseTestOptions(args, {})).toThrow(/^Usage: npm test/);
	});
});
