import { globSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { programEnvironment } from '../backing/base-environment.ts';
import { REPOSITORY } from '../settings/settings.ts';
import { copyRepository } from '../stack/repository-copy.ts';
import { runTask } from '../stack/run-program.ts';
import {
	acceptanceProduct,
	CHAOS_PRODUCT,
	type ProductOptions,
	WEB_PRODUCT,
	withProduct,
} from '../stack/with-product.ts';
import type { ClaimedHome } from '../supervisor/home.ts';
import { type Check, type JestSuite, programCheck, runJest } from './check.ts';
import { withTestHome } from './test-home.ts';
import { seedVariable, type TestOptions } from './test-options.ts';

/** The program that tries mutants of the code. */
export const MUTATIONS = join(REPOSITORY, 'qa', 'mutations', 'main.ts');
const STATIC_TIMEOUT_MS = 300_000;
/** Two starts and two recoveries, on a busy machine. */
const REHEARSAL_TIMEOUT_MS = 900_000;
const MUTATIONS_TIMEOUT_MS = 900_000;
const REHEARSAL = join(REPOSITORY, 'infra', 'local', 'src', 'rehearse-full-disk.ts');

/** Returns the checks of the code that don't run it: each command of `pnpm lint` and `pnpm typecheck`, for generated code. */
export function staticChecks(homeRoot: string): Check[] {
	const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
	const path = `${join(REPOSITORY, 'node_modules', '.bin')}:${process.env.PATH}`;
	const options = { env: programEnvironment(homeRoot, { PATH: path }), timeoutMs: STATIC_TIMEOUT_MS };
	return `${scripts.lint} && ${scripts.typecheck}`
		.split(' && ')
		.filter((command) => command !== 'turbo run generate')
		.map((command) => programCheck(command, ['sh', '-c', command], options));
}

/** Builds what gateways serve to browsers. */
export function webBuildCheck(homeRoot: string): Check {
	return {
		name: 'build of the web app',
		run: async (stop) => {
			await runTask('build', homeRoot, stop);
			return { passed: 1, failed: 0, output: '' };
		},
	};
}

/** Returns the unit and integration tests of every package that has some. */
export function packageChecks(
	homeRoot: string,
	{ environment, seed }: { environment: Record<string, string> } & Pick<TestOptions, 'seed'>,
): Check[] {
	const configs = globSync(['{apps,packages,infra}/*/jest.config.mjs', 'qa/jest.config.mjs'], {
		cwd: REPOSITORY,
	});
	const variables = { ...environment, ...seedVariable(seed) };
	return configs
		.map(dirname)
		.sort()
		.map((directory) => ({
			name: directory,
			run: (stop) => runJest(homeRoot, { directory, environment: variables }, stop),
		}));
}

/** Returns the checks that run on products of their own, so that they can run beside all other checks. */
export function productChecks(homeRoot: string, { seed }: Pick<TestOptions, 'seed'>): Check[] {
	const environment = seedVariable(seed);
	const suites = [
		// in a browser; its tests wait more than they work
		productCheck('qa/acceptance/web', WEB_PRODUCT, { environment, workers: 2 }),
		productCheck('qa/acceptance', acceptanceProduct(2), { environment }),
		productCheck('qa/chaos', CHAOS_PRODUCT, { environment }),
	];
	if (seed !== undefined) return suites;
	const rehearsal = programCheck('rehearsal of a full disk', [process.execPath, '--no-warnings', REHEARSAL], {
		env: programEnvironment(homeRoot),
		timeoutMs: REHEARSAL_TIMEOUT_MS,
	});
	return [...suites, rehearsal];
}

/** Returns the check of a suite in a folder of qa. */
function productCheck(
	folder: string,
	options: ProductOptions,
	{ environment, workers }: Pick<JestSuite, 'environment' | 'workers'>,
): Check {
	const suite = { directory: 'qa', config: join(REPOSITORY, folder, 'jest.config.mjs'), workers };
	return {
		name: folder,
		run: (stop) => {
			const work = (home: ClaimedHome) =>
				withProduct(home, options, stop, (addresses) =>
					runJest(home.root, { ...suite, environment: { ...addresses, ...environment } }, stop),
				);
			const logsName = `${basename(folder)}-logs`;
			return withTestHome(work, { logsName, hasFailed: ({ failed }) => failed > 0 });
		},
	};
}

/** Tries a few mutants; `npm run test:mutations` tries all. */
export function mutationsCheck(homeRoot: string): Check {
	const name = 'qa/mutations';
	const command = [process.execPath, '--no-warnings', MUTATIONS, '--quick'];
	const tryMutants = (env: Record<string, string>) =>
		programCheck(name, command, { env, timeoutMs: MUTATIONS_TIMEOUT_MS });
	return { name, run: (stop) => withMutantTree(homeRoot, {}, (env) => tryMutants(env).run(stop)) };
}

/** Runs `work` with what {@link MUTATIONS} needs: a copy of the repository that it may change, and services for the tests. */
export async function withMutantTree<T>(
	homeRoot: string,
	services: Record<string, string>,
	work: (environment: Record<string, string>) => Promise<T>,
): Promise<T> {
	const root = join(homeRoot, 'mutant');
	copyRepository(root);
	try {
		return await work(programEnvironment(homeRoot, { ...services, MUTANT_TREE: root }));
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}
