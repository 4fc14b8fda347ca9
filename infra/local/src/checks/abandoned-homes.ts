import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { askStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';

export const TEST_HOME_PREFIX = 'test-';

/** Removes what runs of the tests left behind that were killed before they could do so themselves. */
export async function removeAbandonedHomes(base: string): Promise<void> {
	if (!existsSync(base)) return;
	for (const name of readdirSync(base)) {
		const path = join(realpathSync(base), name);
		if (!name.startsWith(TEST_HOME_PREFIX) || !existsSync(join(path, 'run'))) continue;
		// One that is too busy to answer runs, too.
		if ((await askStatus(path).catch(() => 'silent')) !== undefined) continue;
		await endOwnedProcesses(path);
		rmSync(path, { recursive: true, force: true });
	}
}
