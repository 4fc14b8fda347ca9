import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { applyMigrations } from './migrate.ts';
import { readMigrations } from './migrations-directory.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';
import { withSession } from './session.ts';

export interface DriftOptions {
	/** Directory with `schema.prisma` and `migrations/`. */
	directory: string;
	/** An empty database to which the migrations are applied. It is not cleaned up. */
	scratchDatabaseUrl: string;
}

/**
 * Returns the SQL that leads from the migrations to schema.prisma, or '' if they agree. Every app has the test
 * `expect(await checkDrift({ directory, scratchDatabaseUrl })).toBe('')`.
 * What a Prisma schema can't declare (triggers, functions, checks, partial and expression indexes) is not drift. Any other index is, until
 * the schema has an `@@index` with its name, columns, order and type.
 * Throws if the scratch database is not empty, a migration fails, or schema.prisma is invalid.
 */
export async function checkDrift({ directory, scratchDatabaseUrl }: DriftOptions): Promise<string> {
	const migrationsList = await readMigrations(directory);
	const path = join(directory, 'schema.prisma');
	const files = [{ path, content: await readFile(path, 'utf8') }];
	return await withSession(scratchDatabaseUrl, async (client) => {
		await refuseUsedDatabase(client);
		await applyMigrations(client, migrationsList);
		const { stdout } = await withSchemaEngine(client, (engine) =>
			engine.diff({
				from: { tag: 'schemaDatasource', files, configDir: directory },
				to: { tag: 'schemaDatamodel', files },
				script: true,
				exitCode: null,
				filters: NO_FILTERS,
			}),
		);
		return withoutComments(stdout ?? '') === '' ? '' : (stdout ?? '');
	});
}

/** Throws for a database with tables: it may have someone's data, and its tables would pass for those of the migrations. */
async function refuseUsedDatabase(client: pg.Client): Promise<void> {
	const { rows } = await client.query<{ name: string }>(
		`SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' LIMIT 1`,
	);
	if (rows[0]) throw new Error(`the scratch database is not empty: it has ${rows[0].name}`);
}

/** Removes comments: the engine prints "-- This is an empty migration." if there is no difference. */
function withoutComments(sql: string): string {
	return sql.replaceAll(/^--.*$/gm, '').trim();
}
