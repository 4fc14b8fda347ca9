import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { SANDBOX_BINARY_DIRS } from './sandbox-files.ts';

/** Those of the executables that are not where the sandbox looks for them. */
export async function missingBinaries(binaries: readonly string[]): Promise<string[]> {
	const found = await Promise.all(binaries.map(isInstalled));
	return binaries.filter((_, index) => !found[index]);
}

async function isInstalled(binary: string): Promise<boolean> {
	const tries = SANDBOX_BINARY_DIRS.map((directory) => access(join(directory, binary), constants.X_OK));
	const results = await Promise.allSettled(tries);
	return results.some((result) => result.status === 'fulfilled');
}
