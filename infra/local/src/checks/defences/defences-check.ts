import { createHash } from 'node:crypto';
import type { Home } from '../../supervisor/home.ts';
import type { Check } from '../check.ts';
import { type Defence, needsServices } from './defence.ts';
import { DEFENCES } from './list.ts';
import { tryDefences } from './try-defences.ts';

/** How many of the defences are tried with every run of the tests, and which: the same each time. */
const SLICE = 4;
const SEED = 1;

/** The suites of the tools start whole office programs. */
const HEAVY = 'packages/tools/';

/** A few whose tests are quick and need no services, in the order that the seed gives them. */
export function quickSlice(defences: readonly Defence[], count: number, seed: number): Defence[] {
	const orderOf = ({ name }: Defence) => createHash('sha256').update(`${seed} ${name}`).digest('hex');
	return defences
		.filter((one) => !needsServices(one) && !one.isSlow && !one.suite.startsWith(HEAVY))
		.map((defence) => ({ defence, order: orderOf(defence) }))
		.sort((one, other) => (one.order < other.order ? -1 : 1))
		.slice(0, count)
		.map(({ defence }) => defence);
}

/** Takes out a few of the defences; all of them are `npm run test:defences`. */
export function defencesCheck(home: Home): Check {
	return {
		name: 'defences',
		run: async (stop) => {
			const slice = quickSlice(DEFENCES, SLICE, SEED);
			const trials = await tryDefences(slice, { environment: {}, homeRoot: home.root, stop }, () => {});
			const problems = trials.flatMap(({ defence, problem }) =>
				problem ? [`${defence.name}: ${problem}`] : [],
			);
			return {
				passed: trials.length - problems.length,
				failed: problems.length,
				output: problems.join('\n'),
			};
		},
	};
}
