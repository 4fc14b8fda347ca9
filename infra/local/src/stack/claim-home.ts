import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { defaultDiskFreeLimit } from '../backing/rabbitmq.ts';
import { type Home, openHome, pidFile } from '../supervisor/home.ts';
import { holdLock, type SupervisorStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';
import { say } from './command.ts';

const MIB = 1024 ** 2;
/** What a new home needs beside the space that RabbitMQ keeps free: databases, logs and a few files of users. */
const NEW_HOME_BYTES = 500 * MIB;

/**
 * Takes a home for this process: no other supervisor runs on it, and no process of an earlier one is left.
 * A home that already holds data starts on any disk: its data may be what somebody wants to save or delete.
 * @param brokerBytes what our RabbitMQ keeps free; its default for this disk unless given
 * @throws StartError when the home is in use, or is new and its disk nearly full
 */
export async function claimHome(
	path: string,
	status: () => SupervisorStatus,
	{ requiresSpace = true, brokerBytes }: { requiresSpace?: boolean; brokerBytes?: number | undefined } = {},
): Promise<Home> {
	const home = openUsable(path);
	if (!(await holdLock(home.root, status))) {
		throw new StartError(
			`creatorr is already running in ${home.root}. See \`npm run status\`, or stop it with \`npm run stop\`.`,
		);
	}
	if (requiresSpace) requireSpace(home, NEW_HOME_BYTES + (brokerBytes ?? defaultDiskFreeLimit(home.root)));
	const survivors = await endOwnedProcesses(home.root);
	if (survivors > 0) say(`Stopped ${survivors} processes left by an earlier run.`);
	rmSync(home.run, { recursive: true, force: true });
	openHome(path);
	writeFileSync(pidFile(home, 'supervisor'), `${process.pid}\n`);
	return home;
}

function requireSpace(home: Home, wantedBytes: number): void {
	const { bavail, bsize } = statfsSync(home.root);
	const freeBytes = bavail * bsize;
	if (freeBytes >= wantedBytes) return;
	const free = `Only ${Math.floor(freeBytes / MIB)} MiB are free on the disk of ${home.root}`;
	if (readdirSync(home.data).length === 0) {
		throw new StartError(
			`${free}. Free ${Math.ceil(wantedBytes / MIB)} MiB, or set CREATORR_HOME to a directory on another disk.`,
		);
	}
	say(`${free}. Uploads and jobs may fail. Free some space: see docs/runbooks/disk.md.`);
}

function openUsable(path: string): Home {
	try {
		return openHome(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
		throw new StartError(
			`${path} can’t be used (${code}). Make it a writable directory, or set CREATORR_HOME to another one.`,
		);
	}
}

/** Gives the home back: nothing of it runs any more. */
export async function releaseHome(home: Home): Promise<void> {
	await endOwnedProcesses(home.root);
	rmSync(pidFile(home, 'supervisor'), { force: true });
}
