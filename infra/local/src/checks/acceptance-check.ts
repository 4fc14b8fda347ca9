import type { TestServices } from '../stack/test-services.ts';
import type { Home } from '../supervisor/home.ts';
import type { Check, Outcome } from './check.ts';
import { jestCheck } from './jest-check.ts';
import { withTestProduct } from './test-product.ts';

/** The black-box suite against the whole product, two of everything. */
export function acceptanceCheck(home: Home, services: TestServices): Check {
	return productCheck(
		'qa/acceptance',
		{ config: 'acceptance/jest.config.mjs' },
		{ home, services, replicas: 2 },
	);
}

/** The web app in a browser, on a product that nobody has used yet. Its tests wait more than they work. */
export function browserCheck(home: Home, services: TestServices): Check {
	return productCheck(
		'qa/acceptance/web',
		{ config: 'acceptance/web/jest.config.mjs', workers: 2 },
		{ home, services, replicas: 1 },
	);
}

function productCheck(
	name: string,
	options: Parameters<typeof jestCheck>[3],
	{ home, services, replicas }: { home: Home; services: TestServices; replicas: number },
): Check {
	return {
		name,
		run: async (stop) => {
			let outcome: Outcome = { passed: 0, failed: 1, output: 'interrupted' };
			const work = async (environment: Record<string, string>) => {
				outcome = await jestCheck('qa', environment, home.root, options).run(stop);
			};
			await withTestProduct(home, services, stop, work, replicas);
			return outcome;
		},
	};
}
