import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { readPorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { loadSecrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { FILES, NOTE, type Note } from './backup-files.ts';
import { copyRunningPostgres } from './copy-postgres.ts';
import { copyTree } from './copy-tree.ts';

/**
 * Copies everything of a home that can't be made again. The databases first, then the bytes: whatever a row of the copy knows of
 * is then in the copy of the store, unless it was removed meanwhile, and what is there besides has no row and goes by itself.
 * @throws StartError when the target is there already; nothing is left there then, nor after any other failure
 */
export async function makeBackup(
	home: Home,
	target: string,
	{ isRunning, stop }: { isRunning: boolean; stop?: AbortSignal },
): Promise<void> {
	if (isWithin(home.root, target)) {
		throw new StartError(
			`${target} is inside ${home.root}, which is being backed up. Pass a directory elsewhere.`,
		);
	}
	if (existsSync(target))
		throw new StartError(`${target} already exists. Pass a directory that doesn’t exist.`);
	const unfinished = `${target}.unfinished`;
	rmSync(unfinished, { recursive: true, force: true });
	mkdirSync(dirname(target), { recursive: true });
	mkdirSync(unfinished, { mode: 0o700 });
	try {
		await copyAll(home, unfinished, { isRunning, stop });
		const note: Note = { madeAt: new Date().toISOString(), of: home.root };
		writeFileSync(join(unfinished, NOTE), `${JSON.stringify(note, null, 2)}\n`);
		await promisify(execFile)('sync', ['--file-system', unfinished]);
		renameSync(unfinished, target);
	} catch (error) {
		rmSync(unfinished, { recursive: true, force: true });
		throw error;
	}
}

/** By their real places; the target's is that of the nearest directory that is there. */
function isWithin(root: string, target: string): boolean {
	let there = target;
	while (!existsSync(there)) there = dirname(there);
	const path = relative(realpathSync(root), realpathSync(there));
	return path === '' || !(path.startsWith('..') || isAbsolute(path));
}

async function copyAll(
	home: Home,
	target: string,
	{ isRunning, stop }: { isRunning: boolean; stop: AbortSignal | undefined },
): Promise<void> {
	const [postgres, store] = [join(home.data, 'postgres'), join(home.data, 's3')];
	for (const directory of [postgres, store]) {
		if (existsSync(directory)) continue;
		throw new StartError(
			`${directory} doesn’t exist. Either creatorr was never started here, or it uses your own servers, which need their own backups.`,
		);
	}
	if (isRunning) {
		const { postgresPassword: password } = loadSecrets(home);
		const { postgres: port = 0 } = readPorts(home);
		await copyRunningPostgres(postgresAdminUrl({ port, password }), postgres, join(target, 'postgres'), stop);
	} else {
		const choose = (path: string) => (path === 'postmaster.pid' ? 'leave' : 'copy');
		await copyTree(postgres, join(target, 'postgres'), { choose, stop });
	}
	// what is still on its way in has no name yet
	const choose = (path: string) => (path === '.incoming' ? 'leave' : 'copy');
	await copyTree(store, join(target, 's3'), { choose, stop });
	copyStripe(join(home.data, 'stripe'), join(target, 'stripe'));
	for (const name of FILES) await copyFile(join(home.root, name), join(target, name));
}

/** After billing's database, which asks Stripe again what is true. Only a home without a Stripe account of the person has one. */
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
