import { withChaosProduct } from '../stack/chaos-product.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestHome } from './test-home.ts';

/** A short round of faults and a slice of the crash points, on a product of their own: nothing of it stays whole for long. */
export function chaosCheck(): Check {
	return {
		name: 'qa/chaos',
		run: (stop) =>
			withTestHome(
				async ({ home, keepLogs }) => {
					let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
					await withChaosProduct(home, stop, async (environment) => {
						const suite = jestCheck('qa', environment, home.root, {
							config: 'chaos/jest.config.mjs',
						});
						outcome = await suite.run(stop);
					});
					if (outcome.failed === 0) return outcome;
					return { ...outcome, output: `${outcome.output}\nlogs: ${keepLogs()}` };
				},
				{ logsName: 'chaos-logs' },
			),
	};
}
