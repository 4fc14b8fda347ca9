import { join } from 'node:path';
import type { Defence } from './defence.ts';
import { createMutantTree, type MutantTree } from './mutant-tree.ts';
import { runSuite, type SuiteResult, type Surroundings } from './run-suite.ts';

export interface Trial {
	defence: Defence;
	/** Undefined when a test failed for want of it, as it should; else why that is not shown. */
	problem: string | undefined;
}

/** The suite while all is there, for those tests that are asked for. */
type Baseline = (suite: string) => Promise<SuiteResult>;

/** Takes out one defence after another, and looks whether some test fails that passes while it is there. */
export async function tryDefences(
	defences: readonly Defence[],
	surroundings: Surroundings,
	tell: (trial: Trial) => void,
): Promise<Trial[]> {
	const tree = createMutantTree(join(surroundings.homeRoot, 'mutant'));
	const baseline = openBaseline(defences, tree, surroundings);
	const trials: Trial[] = [];
	try {
		for (const defence of defences) {
			if (surroundings.stop.aborted) break;
			const trial = { defence, problem: await problemOf(defence, tree, baseline, surroundings) };
			trials.push(trial);
			tell(trial);
		}
	} finally {
		tree.remove();
	}
	return trials;
}

/** Each suite runs once, however many defences it misses. */
function openBaseline(defences: readonly Defence[], tree: MutantTree, surroundings: Surroundings): Baseline {
	const known = new Map<string, SuiteResult>();
	return async (suite) => {
		const tests = defences.filter((one) => one.suite === suite).map(({ test }) => test);
		const result = known.get(suite) ?? (await runSuite(tree.root, { suite, tests }, surroundings));
		known.set(suite, result);
		return result;
	};
}

async function problemOf(
	defence: Defence,
	tree: MutantTree,
	baseline: Baseline,
	surroundings: Surroundings,
): Promise<string | undefined> {
	const { suite, test } = defence;
	const whole = await baseline(suite);
	const asked = whole.tests.filter(({ name }) => name.includes(test));
	if (asked.length === 0) return `no test of this name runs:\n${whole.output}`;
	if (!asked.every(({ passed }) => passed))
		return `the test does not even pass while it is there:\n${whole.output}`;
	const putBack = tree.takeOut(defence);
	try {
		const mutant = await runSuite(tree.root, { suite, tests: [test] }, surroundings);
		if (mutant.tests.length === 0) return `the test does not even begin without it:\n${mutant.output}`;
		return mutant.tests.some(({ passed }) => !passed)
			? undefined
			: `no test fails without it:\n${mutant.output}`;
	} finally {
		putBack();
	}
}
