import type { TestServices } from '../stack/test-services.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestHome } from './test-home.ts';
import { withOwnTestProduct, withTestProduct } from './test-product.ts';

const REPLICAS = 2;

/** The black-box suite against the whole product, two of everything. */
export function acceptanceCheck(home: Home, services: TestServices): Check {
	return {
		name: 'qa/acceptance',
		run: (stop) =>
			runSuite(home, { config: 'acceptance/jest.config.mjs' }, stop, (work) =>
				withTestProduct(home, services, stop, work, REPLICAS),
			),
	};
}

/** The web app in a browser, on a product and services of its own, so that it runs beside other checks of a product. */
export function browserCheck(): Check {
	const suite = { config: 'acceptance/web/jest.config.mjs', workers: 2 };
	return {
		name: 'qa/acceptance/web',
		run: (stop) =>
			withTestHome(
				async ({ home, keepLogs }) => {
					const outcome = await runSuite(home, suite, stop, (work) => withOwnTestProduct(home, stop, work));
					if (outcome.failed === 0) return outcome;
					return { ...outcome, output: `${outcome.output}\nlogs: ${keepLogs()}` };
				},
				{ logsName: 'web-logs' },
			),
	};
}

async function runSuite(
	home: Home,
	suite: Parameters<typeof jestCheck>[3],
	stop: AbortSignal,
	onProduct: (work: (environment: Record<string, string>) => Promise<void>) => Promise<void>,
): Promise<Outcome> {
	let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
	await onProduct(async (environment) => {
		outcome = await jestCheck('qa', environment, home.root, suite).run(stop);
	});
	return outcome;
}
