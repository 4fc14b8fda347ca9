import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyMutant, type Files, readSources, readTests } from './apply.ts';
import type { Mutant } from './mutant.ts';
import { runSuite, type SuiteResult } from './run-suite.ts';
import { findSuite } from './suites.ts';
import { judgeBaseline, judgeMutant, type Verdict } from './verdict.ts';

export interface Trial {
	mutant: Mutant;
	suite: string;
	verdict: Verdict;
}

interface TryOptions {
	/** A copy of the repository, with its generated code, that nobody else uses. */
	root: string;
	stop: AbortSignal;
	/** Called after each mutant. */
	onTrial(trial: Trial): void;
}

/** Applies one mutant after another to the copy. Checks that the test that a mutant names passes without it and fails with it. */
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
		const verdict =
			judgeBaseline(mutant, baseline) ??
			(await withMutant(changed, { root, sources }, async () =>
				judgeMutant(mutant, await runSuite(root, { suite, tests: [mutant.test] }, stop)),
			));
		trials.push({ mutant, suite, verdict });
		onTrial({ mutant, suite, verdict });
	}
	return trials;
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
