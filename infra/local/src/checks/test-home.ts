import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimHome, releaseHome } from '../stack/claim-home.ts';
import { readSettings } from '../stack/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { removeAbandonedHomes, TEST_HOME_PREFIX } from './abandoned-homes.ts';

/** A home that is there for one run. */
type TestHome = {
	home: Home;
	/** Lets what the services logged outlive the home; returns where it is then. */
	keepLogs: () => string;
};

/**
 * Does the work in a home of its own, so that what a person runs meanwhile is not disturbed, and removes it again.
 * When the work throws, the logs are kept, and a StartError names them where they are then.
 * @param logsName what the kept logs are called, beside the home
 */
export async function withTestHome<T>(
	work: (testHome: TestHome) => Promise<T>,
	{ logsName = 'test-logs' }: { logsName?: string } = {},
): Promise<T> {
	const base = readSettings(process.env, []).homePath;
	await removeAbandonedHomes(base);
	const path = join(base, `${TEST_HOME_PREFIX}${randomBytes(4).toString('hex')}`);
	const home = await claimHome(path, () => ({ pid: process.pid, url: null, processes: [] }));
	const keepLogs = () => moveLogs(home, join(base, logsName));
	try {
		return await work({ home, keepLogs });
	} catch (error) {
		throw namingKept(error, home, keepLogs());
	} finally {
		await releaseHome(home);
		rmSync(home.root, { recursive: true, force: true });
	}
}

function moveLogs(home: Home, kept: string): string {
	rmSync(kept, { recursive: true, force: true });
	renameSync(home.logs, kept);
	return kept;
}

function namingKept(error: unknown, home: Home, kept: string): unknown {
	if (!(error instanceof StartError)) return error;
	return new StartError(error.message.replaceAll(home.logs, kept), { cause: error });
}
