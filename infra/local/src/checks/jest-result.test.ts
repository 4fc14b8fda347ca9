import { describe, expect, test } from '@jest/globals';
import { countJest } from './jest-result.ts';

const report = (passed: number, failed: number, broken: number) => ({
	numPassedTests: passed,
	numFailedTests: failed,
	numRuntimeErrorTestSuites: broken,
});

describe('countJest', () => {
	test('counts tests', () => {
		expect(countJest(report(5, 0, 0), 0, '')).toMatchObject({ passed: 5, failed: 0 });
		expect(countJest(report(5, 2, 0), 1, '')).toMatchObject({ passed: 5, failed: 2 });
	});

	test('counts a suite that could not run as a failure', () => {
		expect(countJest(report(5, 1, 2), 1, '')).toMatchObject({ passed: 5, failed: 3 });
	});

	test('counts a run that ended badly without a failed test as a failure', () => {
		expect(countJest(report(5, 0, 0), 1, '')).toMatchObject({ passed: 5, failed: 1 });
	});

	test('counts a run without any test as a failure', () => {
		expect(countJest(report(0, 0, 0), 0, '')).toMatchObject({ passed: 0, failed: 1 });
	});

	test('counts a run without a report as a failure, and keeps its output', () => {
		expect(countJest(undefined, 0, 'out of memory')).toEqual({
			passed: 0,
			failed: 1,
			output: 'out of memory',
		});
	});
});
