import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimHome, releaseHome } from '../stack/claim-home.ts';
import { readSettings } from '../stack/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { removeAbandonedHomes, TEST_HOME_PREFIX } from './abandoned-homes.ts';

/** A home that is there for one run. */
export type TestHome = {
	home: Home;
	/** Lets what the services logged outlive the home, under this name; returns where it is then. */
	keepLogs: (name?: string) => string;
};

/** Does the work in a home of its own, so that what a person runs meanwhile is not disturbed, and removes it again. */
export async function withTestHome<T>(work: (testHome: TestHome) => Promise<T>): Promise<T> {
	const base = readSettings(process.env, []).homePath;
	await removeAbandonedHomes(base);
	const path = join(base, `${TEST_HOME_PREFIX}${randomBytes(4).toString('hex')}`);
	const home = await claimHome(path, () => ({ pid: process.pid, url: null, processes: [] }));
	try {
		return await work({ home, keepLogs: (name = 'test-logs') => keepLogs(home, join(base, name)) });
	} finally {
		await releaseHome(home);
		rmSync(home.root, { recursive: true, force: true });
	}
}

function keepLogs(home: Home, kept: string): string {
	rmSync(kept, { recursive: true, force: true });
	renameSync(home.logs, kept);
	return kept;
}
