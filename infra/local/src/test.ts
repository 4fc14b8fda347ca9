import {
	mutationsCheck,
	packageChecks,
	productChecks,
	staticChecks,
	webBuildCheck,
} from './checks/all-checks.ts';
import type { Check, Outcome } from './checks/check.ts';
import { longestFirst, runChecks } from './checks/run-checks.ts';
import { withTestHome } from './checks/test-home.ts';
import { parseTestOptions } from './checks/test-options.ts';
import { PACKAGES_TO_TEST } from './machine/debian-packages.ts';
import { prepareMachine } from './machine/prepare-machine.ts';
import { runCommand, say } from './stack/command.ts';
import { runTask } from './stack/run-program.ts';
import { withTestServices } from './stack/test-services.ts';
import type { ClaimedHome } from './supervisor/home.ts';

/** Tests wait half of the time, so four checks at a time keep two cores busy. With five, tests of timeouts fail. */
const CONCURRENCY = 4;

/** Runs the checks that the arguments choose, on services of their own. The last line is the sum alone. */
await runCommand(async (stop) => {
	const { filter, seed } = parseTestOptions(process.argv.slice(2), process.env);
	if (seed !== undefined)
		say(`TEST_SEED=${seed} chooses cases of long suites. npm test -- --full runs all cases.`);
	const isChosen = ({ name }: Check) => name.includes(filter);
	const runAll = async (home: ClaimedHome): Promise<Outcome[]> => {
		await prepareMachine(PACKAGES_TO_TEST, home);
		return await withTestServices(home, { stop }, async (environment) => {
			await runTask('generate', home.root, stop);
			const onProducts = productChecks(home.root, { seed }).filter(isChosen);
			const suites = [...packageChecks(home.root, { environment, seed }), mutationsCheck(home.root)].filter(
				isChosen,
			);
			// built first: products that start at the same time would all build the web app in one directory
			const build = onProducts.length > 0 ? [webBuildCheck(home.root)] : [];
			const options = { concurrency: CONCURRENCY, stop };
			return [
				...(await runChecks([...staticChecks(home.root).filter(isChosen), ...build], options)),
				...(await runChecks(longestFirst([...onProducts, ...suites]), options)),
			];
		});
	};
	const hasFailed = (outcomes: Outcome[]) => !stop.aborted && outcomes.some(({ failed }) => failed > 0);
	const outcomes = await withTestHome(runAll, { hasFailed });
	stop.throwIfAborted();
	const sum = (of: 'passed' | 'failed') => outcomes.reduce((total, one) => total + one[of], 0);
	say(`${sum('passed')} passed, ${sum('failed')} failed`);
	return sum('failed') === 0 && sum('passed') > 0 ? 0 : 1;
});
