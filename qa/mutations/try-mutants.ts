import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyMutant, type Files, readSources, readTests } from './apply.ts';
import type { Mutant } from './mutant.ts';
import { patternOf, runSuite, type SuiteResult } from './run-suite.ts';
import { findSuite } from './suites.ts';

export interface Trial {
	mutant: Mutant;
	suite: string;
	/** Undefined when a test failed with the mutant, as it should; else why that isn't shown. */
	problem: string | undefined;
}

interface TryOptions {
	/** A copy of the repository, with its generated code, that nobody else uses. */
	root: string;
	stop: AbortSignal;
	/** Called after each mutant. */
	onTrial(trial: Trial): void;
}

/** Applies one mutant after another to the copy, and checks that the test that it names passes without it and fails with it. */
export async function tryMutants(
	mutants: readonly Mutant[],
	{ root, stop, onTrial }: TryOptions,
): Promise<Trial[]> {
	const sources = readSources(root);
	const tests = readTests(root);
	const planned = mutants.map((mutant) => ({
		mutant,
		suite: findSuite(mutant, tests),
		changed: applyMutant(mutant, sources),
	}));
	const baselines = new Map<string, SuiteResult>();
	const trials: Trial[] = [];
	for (const { mutant, suite, changed } of planned) {
		if (stop.aborted) break;
		// Each suite runs once without a mutant, with the tests of all its mutants.
		const titles = planned.filter((one) => one.suite === suite).map((one) => one.mutant.test);
		const baseline = baselines.get(suite) ?? (await runSuite(root, { suite, tests: titles }, stop));
		baselines.set(suite, baseline);
		const problem =
			problemOfBaseline(mutant, baseline) ??
			(await withMutant(changed, { root, sources }, async () =>
				problemOfMutant(await runSuite(root, { suite, tests: [mutant.test] }, stop)),
			));
		trials.push({ mutant, suite, problem });
		onTrial({ mutant, suite, problem });
	}
	return trials;
}

function problemOfBaseline({ test }: Mutant, { tests, output }: SuiteResult): string | undefined {
	const title = new RegExp(patternOf(test), 'u');
	const named = tests.filter(({ name }) => title.test(name));
	if (named.length === 0) return `no test of this name runs:\n${output}`;
	return named.every(({ passed }) => passed) ? undefined : `the test fails without the mutant:\n${output}`;
}

function problemOfMutant({ tests, output }: SuiteResult): string | undefined {
	if (tests.length === 0) return `the test doesn't even start with the mutant:\n${output}`;
	return tests.some(({ passed }) => !passed) ? undefined : `no test fails with the mutant:\n${output}`;
}

async function withMutant<T>(
	changed: Files,
	{ root, sources }: { root: string; sources: Files },
	work: () => Promise<T>,
): Promise<T> {
	try {
		for (const [path, text] of changed) writeFileSync(join(root, path), text);
		return await work();
	} finally {
		for (const path of changed.keys()) writeFileSync(join(root, path), sources.get(path) ?? '');
	}
}
