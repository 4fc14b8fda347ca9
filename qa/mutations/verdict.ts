import type { Mutant } from './mutant.ts';
import { patternOf, type SuiteResult } from './run-suite.ts';

export type Verdict =
	/** The test that the mutant names failed. */
	| { kind: 'killed' }
	/** It passed. */
	| { kind: 'survived'; output: string }
	/** Nothing is known: the test fails without the mutant, or the mutant keeps it from running. */
	| { kind: 'invalid'; why: string; output: string };

type Named = Pick<Mutant, 'test'>;

/** Returns undefined when the test passes without the mutant, so that a failure with it means something. */
export function judgeBaseline(mutant: Named, result: SuiteResult): Verdict | undefined {
	const named = namedTests(mutant, result);
	const { output } = result;
	if (named.length === 0) return { kind: 'invalid', why: 'no test of this name runs', output };
	if (named.every(({ passed }) => passed)) return undefined;
	return { kind: 'invalid', why: 'the test fails without the mutant', output };
}

/** Only a failure of the named test is a kill. When other code fails, such as a hook that starts the service, the result of the test is unknown. */
export function judgeMutant(mutant: Named, result: SuiteResult): Verdict {
	const named = namedTests(mutant, result);
	const { output } = result;
	if (named.length === 0) return { kind: 'invalid', why: 'the test does not run with the mutant', output };
	const failed = named.filter(({ passed }) => !passed);
	if (failed.length === 0) return { kind: 'survived', output };
	if (failed.some(({ isStarted }) => isStarted)) return { kind: 'killed' };
	return { kind: 'invalid', why: 'a hook before the test fails', output };
}

function namedTests({ test }: Named, { tests }: SuiteResult): SuiteResult['tests'] {
	const title = new RegExp(patternOf(test), 'u');
	return tests.filter(({ name }) => title.test(name));
}
