import { parseArgs } from 'node:util';
import { checkDrift } from './migrations/check-drift.ts';
import { migrateDeploy } from './migrations/migrate.ts';
import { newMigration } from './migrations/new-migration.ts';
import { withScratchDatabase } from './migrations/scratch-database.ts';

const HELP = `Migrations of an app, in the layout of Prisma's own CLI but without the binary that it downloads.

  node packages/database/src/cli.ts new DIRECTORY NAME
      Writes DIRECTORY/migrations/<timestamp>_NAME/migration.sql with what the migrations lack of
      DIRECTORY/schema.prisma. Read it, complete it by hand where Prisma has no words (triggers, checks,
      partial indexes), commit it. It runs as one transaction: no BEGIN, no COMMIT, no CONCURRENTLY.

  node packages/database/src/cli.ts check DIRECTORY
      Says whether migrations and schema agree; prints the missing SQL and exits with 1 when they do not.

  node packages/database/src/cli.ts deploy DIRECTORY
      Applies the migrations that DATABASE_URL's database lacks.

DIRECTORY is the folder with schema.prisma, such as apps/files/prisma.
DATABASE_URL is postgresql://…: for deploy the database to migrate, with the role that owns it; for new and check
any database of a server where the role may create databases, as they make a scratch database and drop it again.
DATABASE_DIRECT_URL is used instead where DATABASE_URL leads to a pooler.
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
