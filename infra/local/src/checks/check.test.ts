import { expect, test } from '@jest/globals';
import { countJest } from './check.ts';

const report = (passed: number, failed: number, broken: number) => ({
	numPassedTests: passed,
	numFailedTests: failed,
	numRuntimeErrorTestSuites: broken,
});

test.each([
	['tests', report(5, 0, 0), 0, { passed: 5, failed: 0 }],
	['failed tests', report(5, 2, 0), 1, { passed: 5, failed: 2 }],
	['a suite that could not run as a failure', report(5, 1, 2), 1, { passed: 5, failed: 3 }],
	['a run that ended badly without a failed test as a failure', report(5, 0, 0), 1, { passed: 5, failed: 1 }],
	['a run without any test as a failure', report(0, 0, 0), 0, { passed: 0, failed: 1 }],
	['a run without a report as a failure', undefined, 0, { passed: 0, failed: 1 }],
])('countJest counts %s', (_, json, exitCode, expected) => {
	expect(countJest(json, exitCode, 'out of memory')).toEqual({ ...expected, output: 'out of memory' });
});
