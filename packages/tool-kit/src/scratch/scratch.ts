import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** One job's private directory on the host. */
export interface Scratch {
	/** Contains all others; readable by the worker's user alone. */
	path: string;
	/** Where the worker stores the input; commands see it only where it is bound read-only. */
	inputPath: string;
	/** Links to files that a prewarmed process may read and not write. */
	prewarmedInputDir: string;
	/** `/scratch` of the sandbox; the next two are `/tmp` and `/dev/shm`. */
	toolDir: string;
	tmpDir: string;
	shmDir: string;
	/** The user who owns those three and runs the commands; undefined if the worker does not run as root. */
	uid: number | undefined;
}

const PREFIX = 'job-';

// The range that systemd assigns to dynamic users, so that no account has one of these ids.
const FIRST_UID = 61_184;
const LAST_UID = 65_519;

/** Creates a scratch directory within `root`, and `root` if it is missing. */
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
	const prewarmedInputDir = join(path, 'prewarmed-input');
	await mkdir(prewarmedInputDir, { mode: 0o755 });
	return { path, inputPath: join(path, 'input'), prewarmedInputDir, toolDir, tmpDir, shmDir, uid };
}

/** Removes a scratch directory with all files that a tool may have left in it. */
export async function removeScratch(scratch: Pick<Scratch, 'path'>): Promise<void> {
	await removeTree(scratch.path);
}

/** Empties the directories of a job for the next one; not `/tmp`, where the prewarmed process has its own files. */
export async function clearScratch(scratch: Scratch): Promise<void> {
	await rm(scratch.inputPath, { force: true });
	for (const directory of [scratch.toolDir, scratch.prewarmedInputDir, scratch.shmDir]) {
		for (const name of await readdir(directory)) await removeTree(join(directory, name));
	}
}

export function isJobDirectory(name: string): boolean {
	return name.startsWith(PREFIX);
}

/** Removes a directory, even where a tool has left unreadable directories or paths that are longer than PATH_MAX. */
export async function removeTree(path: string): Promise<void> {
	try {
		await rm(path, { recursive: true, force: true });
	} catch {
		// These commands descend one directory at a time, and don't follow links.
		await execute('chmod', ['-R', 'u+rwx', '--', path]).catch(() => undefined);
		await execute('rm', ['-rf', '--', path]);
	}
}

/**
 * Writes a file of the scratch directory for a command to read. Removes an existing file first and never follows a link, as an
 * earlier command may have left a link to a file of the host.
 */
export async function writeNew(path: string, content: string): Promise<void> {
	await rm(path, { recursive: true, force: true });
	await writeFile(path, content, { flag: 'wx' });
}
