import { printTrouble } from '../stack/print-event.ts';
import { type TestServices, testServices } from '../stack/test-services.ts';
import { withSupervisor } from '../stack/with-supervisor.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestHome } from './test-home.ts';
import { withTestProduct } from './test-product.ts';

/** The black-box suite against the whole product, two of everything. */
export function acceptanceCheck(home: Home, services: TestServices): Check {
	return {
		name: 'qa/acceptance',
		run: (stop) =>
			runOnProduct({ home, services, replicas: 2 }, { config: 'acceptance/jest.config.mjs' }, stop),
	};
}

/** The web app in a browser, on a product and services of its own, so that it runs beside other checks of a product. */
export function browserCheck(): Check {
	return {
		name: 'qa/acceptance/web',
		run: (stop) =>
			withTestHome(
				async ({ home, keepLogs }) => {
					const services = await testServices(home);
					const { steps } = services;
					let outcome: Outcome = INTERRUPTED;
					await withSupervisor({ home, steps, apps: new Set(), report: printTrouble, stop }, async () => {
						const options = { config: 'acceptance/web/jest.config.mjs', workers: 2 };
						outcome = await runOnProduct({ home, services, replicas: 1 }, options, stop);
					});
					if (outcome.failed === 0) return outcome;
					return { ...outcome, output: `${outcome.output}\nlogs: ${keepLogs()}` };
				},
				{ logsName: 'web-logs' },
			),
	};
}

const INTERRUPTED: Outcome = { passed: 0, failed: 1, output: 'interrupted' };

async function runOnProduct(
	{ home, services, replicas }: { home: Home; services: TestServices; replicas: number },
	options: Parameters<typeof jestCheck>[3],
	stop: AbortSignal,
): Promise<Outcome> {
	let outcome = INTERRUPTED;
	const work = async (environment: Record<string, string>) => {
		outcome = await jestCheck('qa', environment, home.root, options).run(stop);
	};
	await withTestProduct(home, services, stop, work, replicas);
	return outcome;
}
