import type { TestServices } from '../stack/test-services.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestProduct } from './test-product.ts';

/** The black-box suite against the whole product. */
export function acceptanceCheck(home: Home, services: TestServices): Check {
	return productCheck('acceptance', 'jest.config.mjs', home, services);
}

/** The web app in a browser, on a product that nobody has used yet. */
export function browserCheck(home: Home, services: TestServices): Check {
	return productCheck('acceptance/web', 'web/jest.config.mjs', home, services);
}

function productCheck(name: string, config: string, home: Home, services: TestServices): Check {
	return {
		name,
		run: async (stop) => {
			let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
			await withTestProduct(home, services, stop, async (environment) => {
				outcome = await jestCheck('acceptance', environment, home.root, config).run(stop);
			});
			return outcome;
		},
	};
}
