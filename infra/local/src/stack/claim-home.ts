import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultDiskFreeLimit } from '../backing/rabbitmq.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { type ClaimedHome, type Home, openHome, pidFile } from '../supervisor/home.ts';
import { acquireLock, requestStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';
import { say } from './command.ts';

const MIB = 1024 ** 2;
/** What a new home needs beside the space that RabbitMQ keeps free: databases, logs and a few files of users. */
const NEW_HOME_BYTES = 500 * MIB;
/** Longer than any orderly stop takes: apps drain, then the servers behind them end. */
const STOP_TIMEOUT_MS = 45_000;

/**
 * Locks a home against other supervisors, ends processes that an earlier one left there, and runs the work. Ends every process of
 * the home after the work.
 * @param options.url shown by `npm run status`
 * @throws CommandError when the home is in use
 */
export async function withHome<T>(
	path: string,
	{ url }: { url?: string },
	work: (home: ClaimedHome) => Promise<T>,
): Promise<T> {
	const home = openHome(path);
	const claimed: ClaimedHome = { ...home, readProcesses: () => [] };
	const status = () => ({ pid: process.pid, url: url ?? null, processes: claimed.readProcesses() });
	if (!(await acquireLock(home.root, status))) {
		throw new CommandError(
			`creatorr is already running in ${home.root}. See \`npm run status\`, or stop it with \`npm run stop\`.`,
		);
	}
	const survivors = await endOwnedProcesses(home.root);
	if (survivors > 0) say(`Stopped ${survivors} processes left by an earlier run.`);
	rmSync(home.run, { recursive: true, force: true });
	openHome(path);
	writeFileSync(pidFile(home, 'supervisor'), `${process.pid}\n`);
	try {
		return await work(claimed);
	} finally {
		await endOwnedProcesses(home.root);
		rmSync(pidFile(home, 'supervisor'), { force: true });
	}
}

/**
 * Checks that a product can start on the disk of its home. A home with data starts on any disk, so that the data can be saved or
 * deleted.
 * @param brokerBytes free space that the local RabbitMQ needs to accept publishes
 * @throws CommandError when the home is new and its disk nearly full
 */
export function requireSpace(home: Home, brokerBytes = defaultDiskFreeLimit(home.root)): void {
	const wantedBytes = NEW_HOME_BYTES + brokerBytes;
	const { bavail, bsize } = statfsSync(home.root);
	const freeBytes = bavail * bsize;
	if (freeBytes >= wantedBytes) return;
	const free = `Only ${Math.floor(freeBytes / MIB)} MiB are free on the disk of ${home.root}`;
	if (readdirSync(home.data).length === 0) {
		throw new CommandError(
			`${free}. Free ${Math.ceil(wantedBytes / MIB)} MiB, or set CREATORR_HOME to a directory on another disk.`,
		);
	}
	say(`${free}. Uploads and jobs may fail. Free some space: see docs/runbooks/disk.md.`);
}

/**
 * Ends the supervisor of a home in an orderly way, and then every other process of the home that is alive.
 * @returns whether anything ran
 */
export async function stopRunning(home: Home): Promise<boolean> {
	const status = await requestStatus(home.root);
	if (status !== undefined) {
		process.kill(status.pid, 'SIGTERM');
		const deadline = Date.now() + STOP_TIMEOUT_MS;
		while ((await requestStatus(home.root)) !== undefined) {
			if (Date.now() > deadline) process.kill(status.pid, 'SIGKILL');
			await sleep(100);
		}
	}
	const survivors = await endOwnedProcesses(home.root);
	return status !== undefined || survivors > 0;
}
