import { z } from 'zod';
import type { Outcome } from './check.ts';

/** What Jest's `--json` says that counts here. */
const jestReport = z.object({
	numPassedTests: z.int(),
	numFailedTests: z.int(),
	/** Suites that broke before or between their tests: a syntax error, a failing import. */
	numRuntimeErrorTestSuites: z.int(),
});

/**
 * Counts a Jest run. A suite that could not run is a failure, and so is a run that ended badly without a failed test
 * (a crash, a leaked handle, no test at all): nothing that went wrong may count as nothing.
 */
export function countJest(report: unknown, exitCode: number, output: string): Outcome {
	const parsed = jestReport.safeParse(report);
	if (!parsed.success) return { passed: 0, failed: 1, output };
	const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = parsed.data;
	const failed = numFailedTests + numRuntimeErrorTestSuites;
	const endedBadly = exitCode !== 0 || numPassedTests + failed === 0;
	return { passed: numPassedTests, failed: failed === 0 && endedBadly ? 1 : failed, output };
}
