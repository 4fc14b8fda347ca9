import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { type Home, openHome, pidFile } from '../supervisor/home.ts';
import { holdLock, type SupervisorStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';
import { say } from './command.ts';

const LEAST_FREE_BYTES = 500 * 1024 * 1024;

/**
 * Takes a home for this process: nobody else may run on it, nothing that an earlier supervisor left behind still runs.
 * @throws StartError when the home is in use or its disk is full
 */
export async function claimHome(
	path: string,
	status: () => SupervisorStatus,
	{ leastFreeBytes = LEAST_FREE_BYTES } = {},
): Promise<Home> {
	const home = openUsable(path);
	if (!(await holdLock(home.root, status))) {
		throw new StartError(
			`It runs already in ${home.root}: see \`npm run status\`, or end it with \`npm run stop\`.`,
		);
	}
	const { bavail, bsize } = statfsSync(home.root);
	if (bavail * bsize < leastFreeBytes) {
		throw new StartError(
			`Only ${Math.floor((bavail * bsize) / 1024 ** 2)} MB are free on the disk of ${home.root}: free ${leastFreeBytes / 1024 ** 2} MB, or set CREATORR_HOME to a directory on another disk.`,
		);
	}
	const survivors = await endOwnedProcesses(home.root);
	if (survivors > 0) say(`Ended ${survivors} processes that an earlier start had left behind.`);
	rmSync(home.run, { recursive: true, force: true });
	openHome(path);
	writeFileSync(pidFile(home, 'supervisor'), `${process.pid}\n`);
	return home;
}

function openUsable(path: string): Home {
	try {
		return openHome(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
		throw new StartError(
			`${path} cannot be used (${code}): make it a directory that you can write, or set CREATORR_HOME to another.`,
		);
	}
}

/** Gives the home back: nothing of it runs any more. */
export async function releaseHome(home: Home): Promise<void> {
	await endOwnedProcesses(home.root);
	rmSync(pidFile(home, 'supervisor'), { force: true });
}
