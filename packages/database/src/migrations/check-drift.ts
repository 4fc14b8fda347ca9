import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { applyMigrations } from './migrate.ts';
import { readMigrations } from './migrations-directory.ts';
import { NO_FILTERS, withSchemaEngine } from './schema-engine.ts';
import { withSession } from './session.ts';

export interface DriftOptions {
	/** The folder with `schema.prisma` and `migrations/`. */
	directory: string;
	/** An empty database to apply the migrations to. It is not emptied again. */
	scratchDatabaseUrl: string;
}

/**
 * Whether the migrations lead to what schema.prisma says: answers the SQL that is still missing, '' when they agree.
 * A test of every app is `expect(await checkDrift({ directory, scratchDatabaseUrl })).toBe('')`.
 * What a Prisma schema has no words for (triggers, functions, checks, partial and expression indexes) is not drift;
 * any other index is, until an `@@index` with its name, columns, order and type stands in the schema.
 * Throws when the scratch database is not empty, a migration fails, or schema.prisma is not valid.
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

/** Somebody's data may be in it, and what is there already would pass for the migrations' work. */
async function refuseUsedDatabase(client: pg.Client): Promise<void> {
	const { rows } = await client.query<{ name: string }>(
		`SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' LIMIT 1`,
	);
	if (rows[0]) throw new Error(`the scratch database is not empty: it has ${rows[0].name}`);
}

/** "-- This is an empty migration." is all that the engine prints when there is nothing to do. */
function withoutComments(sql: string): string {
	return sql.replaceAll(/^--.*$/gm, '').trim();
}
