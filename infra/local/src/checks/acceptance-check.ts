import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestHome } from './test-home.ts';
import { withOwnTestProduct } from './test-product.ts';

/** The black-box suite against the whole product, two of everything. It kills services, so it has its own. */
export function acceptanceCheck(): Check {
	const suite = { config: 'acceptance/jest.config.mjs' };
	return productCheck('qa/acceptance', suite, { replicas: 2, logsName: 'acceptance-logs' });
}

/** The web app in a browser, on a product that nobody has used yet. Its tests wait more than they work. */
export function browserCheck(): Check {
	const suite = { config: 'acceptance/web/jest.config.mjs', workers: 2 };
	return productCheck('qa/acceptance/web', suite, { replicas: 1, logsName: 'web-logs' });
}

/** A suite of qa on a product and services of its own, so that it runs beside all other checks. */
function productCheck(
	name: string,
	suite: Parameters<typeof jestCheck>[3],
	{ replicas, logsName }: { replicas: number; logsName: string },
): Check {
	return {
		name,
		run: (stop) =>
			withTestHome(
				async ({ home, keepLogs }) => {
					let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
					const work = async (environment: Record<string, string>) => {
						outcome = await jestCheck('qa', environment, home.root, suite).run(stop);
					};
					await withOwnTestProduct(home, stop, work, replicas);
					if (outcome.failed === 0) return outcome;
					return { ...outcome, output: `${outcome.output}\nlogs: ${keepLogs()}` };
				},
				{ logsName },
			),
	};
}
