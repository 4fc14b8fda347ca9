import type { TestServices } from '../../stack/test-services.ts';
import type { Home } from '../../supervisor/home.ts';
import type { Check } from '../check.ts';
import { DEFENCES } from './list.ts';
import { tryDefences } from './try-defences.ts';

/** How many of the defences are tried with every run of the tests. */
const SLICE = 4;

/** Takes out a few of the defences, the same each time; all of them are `npm run test:defences`. */
export function defencesCheck(home: Home, { environment }: TestServices): Check {
	return {
		name: 'defences',
		run: async (stop) => {
			const step = Math.max(1, Math.floor(DEFENCES.length / SLICE));
			const slice = DEFENCES.filter((_, index) => index % step === 0).slice(0, SLICE);
			const trials = await tryDefences(slice, { environment, homeRoot: home.root, stop }, () => {});
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
