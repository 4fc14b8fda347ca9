import { pickConsecutivePorts } from '../backing/ports.ts';
import { printTrouble } from '../stack/print-event.ts';
import { appSteps, dropRunning } from '../stack/product.ts';
import type { TestServices } from '../stack/test-services.ts';
import { withSupervisor } from '../stack/with-supervisor.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';

const SCALE = { gateway: 2, 'tool-worker': 1 };

/** The whole product with two gateways, and the black-box suite against it. */
export function acceptanceCheck(home: Home, { backing, environment }: TestServices): Check {
	return {
		name: 'acceptance',
		run: async (stop) => {
			const gatewayPort = await pickConsecutivePorts(SCALE.gateway);
			const settings = {
				environment: { ...process.env, BCRYPT_COST: '4' },
				gatewayPort,
				homePath: home.root,
				corsOrigins: 'http://localhost:3000',
				external: { databaseUrls: undefined, amqpUrl: undefined, s3: undefined, stripe: undefined },
			};
			const { steps, apps } = await appSteps(settings, backing, { home, scale: SCALE, stop });
			const suite = jestCheck(
				'acceptance',
				{
					...environment,
					TEST_BASE_URL: `http://127.0.0.1:${gatewayPort}`,
					TEST_BASE_URL_2: `http://127.0.0.1:${gatewayPort + 1}`,
				},
				home.root,
			);
			let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
			// the backing services run already, under the supervisor of the whole test run
			await withSupervisor(
				{ home, steps: dropRunning(steps), apps, report: printTrouble, stop },
				async () => {
					outcome = await suite.run(stop);
				},
			);
			return outcome;
		},
	};
}
