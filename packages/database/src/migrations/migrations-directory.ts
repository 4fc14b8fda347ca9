import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MigrationDirectory, MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

export const LOCK_FILE = 'migration_lock.toml';

/**
 * Reads `directory/migrations` in the layout of Prisma's CLI, in the order in which they apply. Without the directory there are no
 * migrations. A migration's directory without a script is an error.
 */
export async function readMigrations(directory: string): Promise<MigrationList> {
	const baseDir = join(directory, 'migrations');
	const entries = existsSync(baseDir) ? await readdir(baseDir, { withFileTypes: true }) : [];
	const hasLockFile = entries.some((entry) => entry.name === LOCK_FILE);
	const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
	return {
		baseDir,
		lockfile: {
			path: LOCK_FILE,
			content: hasLockFile ? await readFile(join(baseDir, LOCK_FILE), 'utf8') : null,
		},
		shadowDbInitScript: '',
		migrationDirectories: await Promise.all(names.sort().map((name) => readMigration(baseDir, name))),
	};
}

async function readMigration(baseDir: string, name: string): Promise<MigrationDirectory> {
	const path = 'migration.sql';
	const value = await readFile(join(baseDir, name, path), 'utf8');
	return { path: name, migrationFile: { path, content: { tag: 'ok', value } } };
}
