import { join } from 'node:path';
import type { Defence } from './defence.ts';
import { createMutantTree, type MutantTree } from './mutant-tree.ts';
import { runSuite, type Surroundings } from './run-suite.ts';

export interface Trial {
	defence: Defence;
	/** Undefined when a test failed for want of it, as it should; else why that is not shown. */
	problem: string | undefined;
}

/** Takes out one defence after another, and looks whether some test fails that passes while it is there. */
export async function tryDefences(
	defences: readonly Defence[],
	surroundings: Surroundings,
	tell: (trial: Trial) => void,
): Promise<Trial[]> {
	const tree = createMutantTree(join(surroundings.homeRoot, 'mutant'));
	const trials: Trial[] = [];
	try {
		for (const defence of defences) {
			if (surroundings.stop.aborted) break;
			const trial = { defence, problem: await problemOf(defence, tree, surroundings) };
			trials.push(trial);
			tell(trial);
		}
	} finally {
		tree.remove();
	}
	return trials;
}

async function problemOf(
	defence: Defence,
	tree: MutantTree,
	surroundings: Surroundings,
): Promise<string | undefined> {
	const whole = await runSuite(tree.root, defence, surroundings);
	if (whole.passed === 0 || whole.failed > 0) {
		return `the test does not even pass while it is there:\n${whole.output}`;
	}
	const putBack = tree.takeOut(defence);
	try {
		const mutant = await runSuite(tree.root, defence, surroundings);
		return mutant.failed > 0 ? undefined : `no test fails without it:\n${mutant.output}`;
	} finally {
		putBack();
	}
}
