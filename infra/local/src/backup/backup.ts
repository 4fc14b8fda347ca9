import { execFile } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	realpathSync,
	renameSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { z } from 'zod';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { CommandError } from '../supervisor/command-error.ts';
import type { Home } from '../supervisor/home.ts';
import { copyRunningPostgres } from './copy-postgres.ts';
import { copyTree } from './copy-tree.ts';

const DIRECTORIES = ['postgres', 's3', 'stripe'];
const SECRETS = 'secrets.json';
/** `ports.json` keeps addresses in clients and presigned URLs valid. */
const FILES = [SECRETS, 'ports.json'];
/** Written last: a directory without it is no complete backup. */
const METADATA_FILE = 'backup.json';
const backupMetadataSchema = z.object({ madeAt: z.iso.datetime(), of: z.string() });
/** A restore copies the data here, and renames this directory at the end. */
const RESTORING = 'data.restoring';

type CopyOptions = { isRunning: boolean; stop?: AbortSignal | undefined };

/** Returns the metadata of a backup. @throws CommandError when the directory has no complete backup */
export function readBackupMetadata(directory: string): z.infer<typeof backupMetadataSchema> {
	try {
		return backupMetadataSchema.parse(JSON.parse(readFileSync(join(directory, METADATA_FILE), 'utf8')));
	} catch {
		throw new CommandError(
			`${directory} has no complete backup. Pass the directory that \`npm run backup\` created.`,
		);
	}
}

/**
 * Copies everything of a home that can't be recreated: first the databases, then the store. So the copy has the object of every row,
 * unless its file was deleted during the backup. Reconciliation removes objects without a row later.
 * @throws CommandError when the target exists; after a failure nothing is left there
 */
export async function makeBackup(home: Home, target: string, options: CopyOptions): Promise<void> {
	if (isWithin(home.root, target)) {
		throw new CommandError(
			`${target} is inside ${home.root}, which is being backed up. Pass a directory elsewhere.`,
		);
	}
	if (existsSync(target))
		throw new CommandError(`${target} already exists. Pass a directory that doesn’t exist.`);
	const unfinished = `${target}.unfinished`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(dirname(target), { recursive: true });
	mkdirSync(unfinished, { mode: 0o700 });
	try {
		await copyAll(home, unfinished, options);
		const metadata = { madeAt: new Date().toISOString(), of: home.root };
		writeFileSync(join(unfinished, METADATA_FILE), `${JSON.stringify(metadata, null, 2)}\n`);
		await promisify(execFile)('sync', ['--file-system', unfinished]);
		renameSync(unfinished, target);
	} catch (error) {
		rmSync(unfinished, { recursive: true, force: true });
		throw error;
	}
}

/** Compares real paths; the target's is that of its nearest directory that exists. */
function isWithin(root: string, target: string): boolean {
	let existing = target;
	while (!existsSync(existing)) existing = dirname(existing);
	const path = relative(realpathSync(root), realpathSync(existing));
	return path === '' || !(path.startsWith('..') || isAbsolute(path));
}

async function copyAll(home: Home, target: string, { isRunning, stop }: CopyOptions): Promise<void> {
	const [postgres, store] = [join(home.data, 'postgres'), join(home.data, 's3')];
	for (const directory of [postgres, store]) {
		if (existsSync(directory)) continue;
		throw new CommandError(
			`${directory} doesn’t exist. Either creatorr was never started here, or it uses your own servers, which need their own backups.`,
		);
	}
	const without = (name: string) => (path: string) => (path === name ? 'skip' : 'copy');
	if (isRunning) await copyRunningPostgres(postgresAdminUrl(home), postgres, join(target, 'postgres'), stop);
	else await copyTree(postgres, join(target, 'postgres'), { choose: without('postmaster.pid'), stop });
	// uploads in progress have no name yet
	await copyTree(store, join(target, 's3'), { choose: without('.incoming'), stop });
	copyStripe(join(home.data, 'stripe'), join(target, 'stripe'));
	for (const name of FILES) await copyFile(join(home.root, name), join(target, name));
}

/** Runs after the copy of billing's database, because billing reads Stripe again. A home with an external Stripe account has no state. */
function copyStripe(from: string, to: string): void {
	const state = join(from, 'state.db');
	if (!existsSync(state)) return;
	mkdirSync(to, { mode: 0o700 });
	const database = new DatabaseSync(state, { timeout: 10_000 });
	try {
		database.prepare('VACUUM INTO ?').run(join(to, 'state.db'));
	} finally {
		database.close();
	}
}

/** Returns whether a restore into this home was interrupted: it must be repeated before anything starts. */
export function isHalfRestored(home: Home): boolean {
	return existsSync(join(home.root, RESTORING));
}

/**
 * Copies a backup into a home without data; the backup stays as it is. All data appears at once, at the end.
 * @throws CommandError when the home has data, or secrets that servers elsewhere rely on
 */
export async function restoreBackup(source: string, home: Home, stop?: AbortSignal): Promise<void> {
	if (readdirSync(home.data).length > 0) {
		throw new CommandError(
			`${home.root} already has data. Set CREATORR_HOME to a directory that doesn’t exist, or delete all data with \`npm run reset\`.`,
		);
	}
	requireOwnSecrets(join(source, SECRETS), join(home.root, SECRETS));
	const restoring = join(home.root, RESTORING);
	rmSync(restoring, { recursive: true, force: true });
	try {
		for (const name of DIRECTORIES) {
			const from = join(source, name);
			if (existsSync(from)) await copyTree(from, join(restoring, name), { stop });
		}
	} catch (error) {
		rmSync(restoring, { recursive: true, force: true });
		throw error;
	}
	for (const name of FILES) await copyFile(join(source, name), join(home.root, name));
	rmdirSync(home.data);
	renameSync(restoring, home.data);
}

/** A home whose servers are all elsewhere has no data, but their data can't be read without its secrets. */
function requireOwnSecrets(saved: string, current: string): void {
	if (!existsSync(current) || readFileSync(current).equals(readFileSync(saved))) return;
	throw new CommandError(
		`${current} belongs to another product, whose servers may need it. Set CREATORR_HOME to a directory that doesn’t exist, or delete the file.`,
	);
}
