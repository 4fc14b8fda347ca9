import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { homePath } from '../settings/settings.ts';
import { requireSpace, withHome } from '../stack/claim-home.ts';
import { say } from '../stack/command.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { ClaimedHome } from '../supervisor/home.ts';
import { requestStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';

const PREFIX = 'test-';

/**
 * Runs the work in a temporary home, so that a running product is not disturbed. If the work fails or throws, moves the logs of the
 * services to the directory `logsName` of the usual home, and prints its path. If the work is interrupted, drops the logs.
 * @param logsName the name of the kept logs
 */
export async function withTestHome<T>(
	work: (home: ClaimedHome) => Promise<T>,
	{
		logsName = 'test-logs',
		hasFailed = () => false,
	}: { logsName?: string; hasFailed?: (result: T) => boolean } = {},
): Promise<T> {
	const base = homePath();
	await removeAbandonedHomes(base);
	const path = join(base, `${PREFIX}${randomBytes(4).toString('hex')}`);
	try {
		return await withHome(path, {}, async (home) => {
			requireSpace(home);
			const kept = join(base, logsName);
			const keepLogs = () => {
				rmSync(kept, { recursive: true, force: true });
				renameSync(home.logs, kept);
				say(`Logs of the services: ${kept}`);
			};
			try {
				const result = await work(home);
				if (hasFailed(result)) keepLogs();
				return result;
			} catch (error) {
				// an interruption says nothing about the services, and must not replace the logs of an earlier failure
				if ((error as Error | undefined)?.name === 'AbortError') throw error;
				keepLogs();
				if (!(error instanceof CommandError)) throw error;
				const { exitCode, message } = error;
				throw new CommandError(message.replaceAll(home.logs, kept), { exitCode, cause: error });
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
		if ((await requestStatus(path).catch(() => 'silent')) !== undefined) continue;
		await endOwnedProcesses(path);
		rmSync(path, { recursive: true, force: true });
	}
}
