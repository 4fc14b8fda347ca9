import { join } from 'node:path';
import { programEnvironment } from './backing/base-environment.ts';
import { MUTATIONS, withMutantTree } from './checks/all-checks.ts';
import { withTestHome } from './checks/test-home.ts';
import {
	PACKAGES_TO_BENCH,
	PACKAGES_TO_BENCH_GATEWAY,
	PACKAGES_TO_PROCESS,
	PACKAGES_TO_TEST,
	packagesToStart,
} from './machine/debian-packages.ts';
import { installPackages, prepareMachine } from './machine/prepare-machine.ts';
import { REPOSITORY } from './settings/settings.ts';
import { BENCH_PRODUCTS } from './stack/bench-products.ts';
import { runCommand } from './stack/command.ts';
import { runScript, runTask } from './stack/run-program.ts';
import { withTestServices } from './stack/test-services.ts';
import {
	acceptanceProduct,
	CHAOS_PRODUCT,
	type ProductOptions,
	WEB_PRODUCT,
	withProduct,
} from './stack/with-product.ts';
import type { ClaimedHome } from './supervisor/home.ts';

type Program = {
	/** Relative to the repository. */
	main: string;
	packages: string[];
	product?: ProductOptions;
	/** The name under which the logs of a failed run are kept. */
	logsName?: string;
};

const WHOLE_PRODUCT = packagesToStart({ ownBroker: true });
const PROGRAMS: Readonly<Record<string, Program>> = {
	budgets: { main: 'qa/acceptance/web/budgets/main.ts', packages: PACKAGES_TO_TEST, product: WEB_PRODUCT },
	chaos: {
		main: 'qa/chaos/main.ts',
		packages: WHOLE_PRODUCT,
		product: CHAOS_PRODUCT,
		logsName: 'chaos-logs',
	},
	fuzz: { main: 'qa/fuzz/main.ts', packages: PACKAGES_TO_TEST, product: acceptanceProduct(1) },
	hostile: { main: 'qa/hostile/main.ts', packages: PACKAGES_TO_BENCH },
	screenshots: { main: 'qa/acceptance/web/readme/main.ts', packages: PACKAGES_TO_TEST, product: WEB_PRODUCT },
};

/** Runs a program of the repository, such as `npm run chaos`, with the packages and on the product that it needs. */
await runCommand(async (stop) => {
	const [name = ''] = process.argv.splice(2, 1);
	if (name === 'sbom') return await runSbom(stop);
	if (name === 'mutations') return await runMutations(stop);
	const program = name === 'bench' ? benchProgram() : PROGRAMS[name];
	if (program === undefined) throw new Error(`there is no program ${name}`);
	if (program.product !== undefined) return await runOnProduct(program, program.product, stop);
	if (program.packages.length > 0) await prepareMachine(program.packages);
	return await runScript(join(REPOSITORY, program.main), { stop });
});

/** Benchmarks measure a product of their own, except `tools`, the default. */
function benchProgram(): Program {
	const name = process.argv[2] ?? '';
	const main = 'qa/bench/main.ts';
	const product = BENCH_PRODUCTS[name];
	if (product === undefined || process.argv.includes('--help')) return { main, packages: PACKAGES_TO_BENCH };
	const packages = name === 'gateway' ? PACKAGES_TO_BENCH_GATEWAY : [...WHOLE_PRODUCT, ...PACKAGES_TO_BENCH];
	return { main, packages, product, logsName: 'bench-logs' };
}

function runOnProduct(
	{ main, packages, logsName = 'test-logs' }: Program,
	product: ProductOptions,
	stop: AbortSignal,
): Promise<number> {
	const work = async (home: ClaimedHome): Promise<number> => {
		await prepareMachine(packages, home);
		return await withProduct(home, product, stop, (environment) =>
			runScript(join(REPOSITORY, main), { stop, env: programEnvironment(home.root, environment) }),
		);
	};
	return withTestHome(work, { logsName, hasFailed: (exitCode) => exitCode !== 0 });
}

/** Lists the software of workers. The tools must be installed for that, but not started. */
async function runSbom(stop: AbortSignal): Promise<number> {
	await installPackages(PACKAGES_TO_PROCESS);
	return await runScript(join(REPOSITORY, 'infra', 'licenses', 'src', 'main.ts'), { stop });
}

/** Tries mutants of the code, with the services that their tests need. */
async function runMutations(stop: AbortSignal): Promise<number> {
	if (process.argv.some((one) => one === '--help' || one === '-h'))
		return await runScript(MUTATIONS, { stop });
	return await withTestHome(async (home) => {
		await prepareMachine(PACKAGES_TO_TEST, home);
		await runTask('generate', home.root, stop);
		return await withTestServices(home, { stop }, (services) =>
			withMutantTree(home.root, services, (env) => runScript(MUTATIONS, { stop, env })),
		);
	});
}
