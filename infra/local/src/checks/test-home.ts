import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withHome } from '../stack/claim-home.ts';
import { homePath } from '../stack/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';

const PREFIX = 'test-';

/** A home for one run. */
type TestHome = {
	home: Home;
	/** Moves the logs of the services to where they outlive the home; returns that path. */
	keepLogs: () => string;
};

/**
 * Does the work in a home of its own, so that a product that runs meanwhile is not disturbed, and removes it again.
 * When the work throws, the logs are kept, and a StartError names their new path.
 * @param logsName the name of the kept logs, beside the home
 */
export async function withTestHome<T>(
	work: (testHome: TestHome) => Promise<T>,
	{ logsName = 'test-logs' }: { logsName?: string } = {},
): Promise<T> {
	const base = homePath();
	await removeAbandonedHomes(base);
	const path = join(base, `${PREFIX}${randomBytes(4).toString('hex')}`);
	try {
		return await withHome(path, {}, async (home) => {
			const kept = join(base, logsName);
			const keepLogs = () => {
				rmSync(kept, { recursive: true, force: true });
				renameSync(home.logs, kept);
				return kept;
			};
			try {
				return await work({ home, keepLogs });
			} catch (error) {
				keepLogs();
				if (!(error instanceof StartError)) throw error;
				throw new StartError(error.message.replaceAll(home.logs, kept), { cause: error });
			}
		});
	} finally {
		rmSync(path, { recursive: true, force: true });
	}
}

/** Removes the homes of test runs that were killed before they could do so themselves. */
export async function removeAbandonedHomes(base: string): Promise<void> {
	if (!existsSync(base)) return;
	for (const name of readdirSync(base)) {
		const path = join(realpathSync(base), name);
		if (!name.startsWith(PREFIX) || !existsSync(join(path, 'run'))) continue;
		// a supervisor that is too busy to answer is running, too
		if ((await askStatus(path).catch(() => 'silent')) !== undefined) continue;
		await endOwnedProcesses(path);
		rmSync(path, { recursive: true, force: true });
	}
}
