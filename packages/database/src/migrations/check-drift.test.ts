import { readFile } from 'node:fs/promises';
import { createDatabase, type TestDatabase } from '@creatorr/testing/database';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FIXTURE_DIRECTORY } from '../testing/database.ts';
import { createMigrationsFolder, type MigrationsFolder } from '../testing/migrations-folder.ts';
import { query } from '../testing/query.ts';
import { checkDrift } from './check-drift.ts';
import { migrateDeploy } from './migrate.ts';
import { newMigration } from './new-migration.ts';

const USER = 'model User {\n  id String @id\n  email String\n}\n';
const USER_SQL =
	'CREATE TABLE "User" (id TEXT NOT NULL, email TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY (id));';

let scratch: TestDatabase;
let folder: MigrationsFolder;

beforeEach(async () => {
	scratch = await createDatabase();
	folder = await createMigrationsFolder();
	await folder.writeSchema(USER);
});

afterEach(async () => {
	await scratch.drop();
	await folder.remove();
});

function drift(): Promise<string> {
	return checkDrift({ directory: folder.directory, scratchDatabaseUrl: scratch.url });
}

describe('drift', () => {
	test('is empty for the fixture', async () => {
		expect(await checkDrift({ directory: FIXTURE_DIRECTORY, scratchDatabaseUrl: scratch.url })).toBe('');
	});

	test('has the SQL for a column without a migration', async () => {
		await folder.write(
			'1_user',
			'CREATE TABLE "User" (id TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY (id));',
		);
		expect(await drift()).toContain('ALTER TABLE "User" ADD COLUMN     "email" TEXT NOT NULL;');
	});

	test('has the SQL for a column that is not in the schema', async () => {
		await folder.write('1_user', `${USER_SQL} ALTER TABLE "User" ADD COLUMN extra INT;`);
		expect(await drift()).toContain('DROP COLUMN "extra"');
	});

	test('has the SQL for an index that the schema could declare', async () => {
		await folder.write('1_user', `${USER_SQL} CREATE INDEX user_email ON "User"(email);`);
		expect(await drift()).toContain('DROP INDEX "user_email"');
	});

	test.each([
		['a partial index', `CREATE UNIQUE INDEX live ON "User"(email) WHERE email <> '';`],
		['an expression index', 'CREATE INDEX lowered ON "User"(lower(email));'],
		['a check', `ALTER TABLE "User" ADD CONSTRAINT filled CHECK (email <> '');`],
		[
			'a trigger and its function',
			`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
			CREATE TRIGGER keep BEFORE UPDATE ON "User" FOR EACH ROW EXECUTE FUNCTION keep();`,
		],
	])('ignores %s, which Prisma can’t declare', async (_what, sql) => {
		await folder.write('1_user', USER_SQL);
		await folder.write('2_by_hand', sql);
		expect(await drift()).toBe('');
	});

	test('is not computed on a scratch database in use, which stays unchanged', async () => {
		await query(scratch.url, 'CREATE TABLE precious AS SELECT 1 AS n');
		await folder.write('1_user', USER_SQL);
		await expect(drift()).rejects.toThrow('the scratch database is not empty: it has precious');
		expect(
			await query(scratch.url, "SELECT relname FROM pg_class WHERE relname IN ('User', 'precious')"),
		).toEqual([{ relname: 'precious' }]);
	});

	test('is not computed for an invalid schema, and the error says where it is wrong', async () => {
		await folder.writeSchema('model User {\n  id Strin @id\n}\n');
		await expect(drift()).rejects.toThrow(/Strin[\s\S]*schema\.prisma:6/);
	});
});

describe('a new migration', () => {
	const create = (name: string) =>
		newMigration({ directory: folder.directory, name, scratchDatabaseUrl: scratch.url });

	test('contains the difference between schema and migrations', async () => {
		const path = await create('add_users');
		expect(path).toMatch(/\/migrations\/\d{14}_add_users\/migration\.sql$/);
		expect(await readFile(String(path), 'utf8')).toContain('CREATE TABLE "User"');
	});

	test('leaves no drift', async () => {
		await create('add_users');
		const second = await createDatabase();
		expect(await checkDrift({ directory: folder.directory, scratchDatabaseUrl: second.url })).toBe('');
		await second.drop();
	});

	test('can be deployed, lock file included', async () => {
		await create('add_users');
		const target = await createDatabase();
		const applied = await migrateDeploy({ databaseUrl: target.url, directory: folder.directory });
		await target.drop();
		expect(applied).toEqual([expect.stringMatching(/_add_users$/)]);
	});

	test('is not written without a difference', async () => {
		await folder.write('1_user', USER_SQL);
		expect(await create('nothing')).toBeUndefined();
	});

	test.each(['', 'Add users', '../outside', 'add-users', '_users'])('can’t be named %j', async (name) => {
		await expect(create(name)).rejects.toThrow('lower-case words joined by underscores');
	});
});
