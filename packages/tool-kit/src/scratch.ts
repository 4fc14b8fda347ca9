import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One job's private directory on the host. */
export interface Scratch {
	/** The whole, readable by the worker's user alone. */
	path: string;
	/** Where the worker puts the input; commands see it only where bound read-only. */
	inputPath: string;
	/** Links to files that a process which runs already may read, and not write. */
	inputDir: string;
	/** `/scratch`, `/tmp` and `/dev/shm` of the sandbox. */
	toolDir: string;
	tmpDir: string;
	shmDir: string;
	/** Who owns those three and runs the commands; undefined where the worker itself is an ordinary user. */
	uid: number | undefined;
}

const PREFIX = 'job-';

// The range that systemd hands out at run time, so that no account of a person or a service has one of these.
const FIRST_UID = 61_184;
const LAST_UID = 65_519;

/** Makes a scratch directory within `root`, which is made too where it is missing. */
export async function createScratch(root: string): Promise<Scratch> {
	await mkdir(root, { recursive: true, mode: 0o700 });
	const path = await mkdtemp(join(root, PREFIX));
	const uid = process.getuid?.() === 0 ? randomInt(FIRST_UID, LAST_UID + 1) : undefined;
	const make = async (name: string) => {
		const directory = join(path, name);
		await mkdir(directory, { mode: 0o700 });
		if (uid !== undefined) await chown(directory, uid, uid);
		return directory;
	};
	const [toolDir, tmpDir, shmDir] = await Promise.all([make('scratch'), make('tmp'), make('shm')]);
	const inputDir = join(path, 'shown');
	await mkdir(inputDir, { mode: 0o755 });
	return { path, inputPath: join(path, 'input'), inputDir, toolDir, tmpDir, shmDir, uid };
}

/** Removes a scratch directory with all that a tool may have left there. */
export async function removeScratch(scratch: Pick<Scratch, 'path'>): Promise<void> {
	await removeTree(scratch.path);
}

/** Empties the directories of a job for the next, all but `/tmp`, where the process that goes on has its own files. */
export async function clearScratch(scratch: Scratch): Promise<void> {
	await rm(scratch.inputPath, { force: true });
	for (const directory of [scratch.toolDir, scratch.inputDir, scratch.shmDir]) {
		for (const name of await readdir(directory)) await removeTree(join(directory, name));
	}
}

export function isJobDirectory(name: string): boolean {
	return name.startsWith(PREFIX);
}

/** Removes whatever a tool made of its directories: closed to their owner, nested deeper than names reach. */
export async function removeTree(path: string): Promise<void> {
	try {
		await rm(path, { recursive: true, force: true });
	} catch {
		// These go down step by step, and leave alone what links point to.
		await execute('chmod', ['-R', 'u+rwx', '--', path]).catch(() => undefined);
		await execute('rm', ['-rf', '--', path]);
	}
}
