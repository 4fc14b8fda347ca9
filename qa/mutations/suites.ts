import type { Files } from './apply.ts';
import type { Mutant } from './mutant.ts';

/**
 * Finds the file with the test of a mutant. Among several it is the one of the package that the mutant changes.
 * @throws an Error that says what to correct when there is none, or more than one
 */
export function findSuite({ name, mutations, test, siblingTitle = '' }: Mutant, tests: Files): string {
	const all = [...tests]
		.filter(([, text]) => text.includes(test) && text.includes(siblingTitle))
		.map(([path]) => path);
	const own = all.filter((path) => mutations.some(({ packageName }) => path.split('/')[1] === packageName));
	const [suite, ...others] = own.length > 0 ? own : all;
	if (suite !== undefined && others.length === 0) return suite;
	throw new Error(
		suite === undefined
			? `No test is called "${test}", which the mutant "${name}" needs: has it been renamed?`
			: `Several files have a test "${test}", for the mutant "${name}": set \`siblingTitle\`. They are ${[suite, ...others].join(', ')}.`,
	);
}
