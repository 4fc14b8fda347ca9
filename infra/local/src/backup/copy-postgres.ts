import { readdirSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withPostgres } from '../backing/postgres.ts';
import { type Choice, copyTree } from './copy-tree.ts';

/** Files of the running server. The next start writes them again. */
const SKIPPED = ['postmaster.pid', 'postmaster.opts'];
/** Directories that are copied without their content. */
const EMPTY_DIRECTORIES = [
	...['pg_wal', 'pg_dynshmem', 'pg_notify', 'pg_replslot'],
	...['pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'],
];
/** Names the checkpoint to which the other files belong, so it is copied last, as pg_basebackup does. */
const CONTROL = join('global', 'pg_control');

/**
 * Copies the data directory of a running PostgreSQL as pg_basebackup would, which isn't bundled: all databases as they were at
 * one moment, the end of the copy. Queries continue during the copy.
 */
export async function copyRunningPostgres(
	adminUrl: string,
	from: string,
	to: string,
	stop?: AbortSignal,
): Promise<void> {
	await withPostgres(adminUrl, async (client) => {
		const query = async (sql: string): Promise<Record<string, string>> =>
			(await client.query<Record<string, string>>(sql)).rows[0] ?? {};
		// keeps the write-ahead log from here on until this connection ends, despite checkpoints
		await query(`SELECT pg_create_physical_replication_slot('backup', true, true)`);
		const { first = '' } = await query(
			`SELECT pg_walfile_name(pg_backup_start('npm run backup', fast => true)) AS first`,
		);
		await copyTree(from, to, { choose: chooseOfRunning, stop });
		await copyFile(join(from, CONTROL), join(to, CONTROL));
		const { last = '', labelfile = '' } = await query(
			'SELECT pg_walfile_name(lsn) AS last, labelfile FROM pg_backup_stop(wait_for_archive => false)',
		);
		await writeFile(join(to, 'backup_label'), labelfile, { mode: 0o600 });
		for (const segment of segmentsBetween(first, last, readdirSync(join(from, 'pg_wal')))) {
			await copyFile(join(from, 'pg_wal', segment), join(to, 'pg_wal', segment));
		}
	});
}

function chooseOfRunning(path: string): Choice {
	if (EMPTY_DIRECTORIES.includes(path)) return 'empty';
	return SKIPPED.includes(path) || path === CONTROL || /(^|\/)pgsql_tmp/.test(path) ? 'skip' : 'copy';
}

/** Segments of the log have names of 24 hexadecimal digits, which count up. */
function segmentsBetween(first: string, last: string, names: string[]): string[] {
	return names.filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last).sort();
}
