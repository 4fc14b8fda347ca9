import { parseArgs } from 'node:util';
import { checkDrift } from './migrations/check-drift.ts';
import { migrateDeploy } from './migrations/migrate.ts';
import { newMigration } from './migrations/new-migration.ts';
import { withScratchDatabase } from './migrations/scratch-database.ts';

const HELP = `Database migrations of an app, in Prisma's layout but without Prisma's downloaded binary.

  node packages/database/src/cli.ts new DIRECTORY NAME
      Writes DIRECTORY/migrations/<timestamp>_NAME/migration.sql with the difference between the migrations and
      DIRECTORY/schema.prisma. Review it, add what Prisma can't express (triggers, checks, partial indexes), and
      commit it. It runs in one transaction: no BEGIN, COMMIT or CONCURRENTLY.

  node packages/database/src/cli.ts check DIRECTORY
      Checks that migrations and schema agree. If not, prints the missing SQL and exits with 1.

  node packages/database/src/cli.ts deploy DIRECTORY
      Applies pending migrations to the database of DATABASE_URL.

DIRECTORY is the folder with schema.prisma, such as apps/files/prisma.
DATABASE_URL is a postgresql:// URL. deploy needs the database to migrate and the role that owns it. new and check need
a role that can create databases, because they create a scratch database and drop it again. If DATABASE_URL points to a
pooler, set DATABASE_DIRECT_URL as well.
`;

class UsageError extends Error {
	override name = 'UsageError';
}

type Command = (directory: string, databaseUrl: string, name: string | undefined) => Promise<void>;

const COMMANDS: Record<string, Command> = { new: runNew, check: runCheck, deploy: runDeploy };

async function runNew(directory: string, databaseUrl: string, name: string | undefined): Promise<void> {
	if (name === undefined) throw new UsageError('A new migration needs a name.');
	const path = await withScratchDatabase(databaseUrl, (scratchDatabaseUrl) =>
		newMigration({ directory, name, scratchDatabaseUrl }),
	);
	print(path ?? 'Nothing to migrate: migrations and schema.prisma agree.');
}

async function runCheck(directory: string, databaseUrl: string): Promise<void> {
	const sql = await withScratchDatabase(databaseUrl, (scratchDatabaseUrl) =>
		checkDrift({ directory, scratchDatabaseUrl }),
	);
	if (sql !== '') process.exitCode = 1;
	print(sql === '' ? 'Migrations and schema.prisma agree.' : `The migrations lack:\n\n${sql}`);
}

async function runDeploy(directory: string, databaseUrl: string): Promise<void> {
	const applied = await migrateDeploy({ databaseUrl, directory });
	print(applied.length === 0 ? 'Nothing to apply.' : applied.map((name) => `Applied ${name}.`).join('\n'));
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		options: { help: { type: 'boolean', short: 'h' } },
		allowPositionals: true,
	});
	if (values.help) return print(HELP);
	const [commandName = '', directory, name, ...rest] = positionals;
	const command = Object.hasOwn(COMMANDS, commandName) ? COMMANDS[commandName] : undefined;
	if (!command || directory === undefined || rest.length > 0) throw new UsageError('See --help.');
	const databaseUrl = process.env.DATABASE_DIRECT_URL || process.env.DATABASE_URL;
	if (!databaseUrl) throw new UsageError('DATABASE_URL is not set. See --help.');
	await command(directory, databaseUrl, name);
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
});
