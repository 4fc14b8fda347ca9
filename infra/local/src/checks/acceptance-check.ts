import type { TestServices } from '../stack/test-services.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestProduct } from './test-product.ts';

/** The black-box suite against the whole product. */
export function acceptanceCheck(home: Home, services: TestServices): Check {
	return {
		name: 'acceptance',
		run: async (stop) => {
			let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
			await withTestProduct(home, services, stop, async (environment) => {
				outcome = await jestCheck('acceptance', environment, home.root).run(stop);
			});
			return outcome;
		},
	};
}
