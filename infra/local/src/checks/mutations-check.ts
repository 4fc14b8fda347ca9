import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { copyRepository } from '../stack/repository-copy.ts';
import { runProgram } from '../stack/run-program.ts';
import { REPOSITORY } from '../stack/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { Check } from './check.ts';
import { outcomeOf } from './command-check.ts';

/** Tries mutants of the code, as `--help` says. */
export const MUTATIONS = join(REPOSITORY, 'qa', 'mutations', 'main.ts');
const TIMEOUT_MS = 900_000;

/** Runs `work` with what {@link MUTATIONS} needs: a copy of the repository that it may change, and services for the tests. */
export async function withMutantTree<T>(
	home: Home,
	services: Record<string, string>,
	work: (environment: Record<string, string>) => Promise<T>,
): Promise<T> {
	const root = join(home.root, 'mutant');
	copyRepository(root);
	try {
		return await work({
			...baseEnvironment(process.env),
			...services,
			...ownershipMark(home.root),
			MUTANT_TREE: root,
		});
	} finally {
		rmSync(root, { recursive: true, force: true });
	}
}

/** Tries a few mutants; `npm run test:mutations` tries all. */
export function mutationsCheck(home: Home): Check {
	return {
		name: 'qa/mutations',
		run: (stop) =>
			withMutantTree(home, {}, async (env) =>
				outcomeOf(
					await runProgram([process.execPath, '--no-warnings', MUTATIONS, '--quick'], {
						env,
						stop,
						timeoutMs: TIMEOUT_MS,
					}),
				),
			),
	};
}
