import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { programEnvironment } from '../backing/base-environment.ts';
import { copyRepository } from '../stack/repository-copy.ts';
import { REPOSITORY } from '../stack/settings.ts';

/** Tries mutants of the code, as its `--help` says. */
export const MUTATIONS = join(REPOSITORY, 'qa', 'mutations', 'main.ts');

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
