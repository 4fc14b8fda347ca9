import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { requireTestVariable } from '@creatorr/testing/environment';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createMigrationsFolder, type MigrationsFolder } from './testing/migrations-folder.ts';
import { query } from './testing/query.ts';

const CLI = join(import.meta.dirname, './cli.ts');
const ADMIN_URL = requireTestVariable('TEST_POSTGRES_ADMIN_URL');

let folder: MigrationsFolder;

beforeEach(async () => {
	folder = await createMigrationsFolder();
	await folder.writeSchema('model Thing {\n  id String @id\n}\n');
});

afterEach(async () => {
	await folder.remove();
});

function run(
	args: string[],
	databaseUrl = ADMIN_URL,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
	const env = { ...process.env, DATABASE_URL: databaseUrl };
	return new Promise((resolve) => {
		execFile(process.execPath, [CLI, ...args], { env }, (error, stdout, stderr) => {
			resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
		});
	});
}

test('check fails for a schema without migrations, and prints what is missing', async () => {
	const { exitCode, stdout } = await run(['check', folder.directory]);
	expect(exitCode).toBe(1);
	expect(stdout).toContain('CREATE TABLE "Thing"');
});

test('check succeeds after the migration is created', async () => {
	const made = await run(['new', folder.directory, 'add_things']);
	expect(made.stdout).toMatch(/_add_things\/migration\.sql\n$/);
	expect(await run(['check', folder.directory])).toMatchObject({ exitCode: 0 });
});

test('check leaves no scratch database on the server, also after a failure', async () => {
	await folder.write('1_tells_its_database', 'SELECT current_database()::int;');
	const { stderr } = await run(['check', folder.directory]);
	const name = /"(creatorr_scratch_\w+)"/.exec(stderr)?.[1];
	expect(name).toBeDefined();
	expect(await query(ADMIN_URL, 'SELECT 1 FROM pg_database WHERE datname = $1', [name])).toEqual([]);
});

test.each([[[]], [['check']], [['destroy', '.']], [['new', '.']], [['constructor', '.']]])(
	'%j prints how to get help',
	async (args) => {
		const { exitCode, stderr } = await run(args);
		expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/help|needs a name/) });
	},
);

test('a missing DATABASE_URL is named', async () => {
	const { exitCode, stderr } = await run(['deploy', '.'], '');
	expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('DATABASE_URL') });
});
