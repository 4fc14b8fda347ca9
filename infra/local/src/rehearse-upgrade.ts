import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from './backing/base-environment.ts';
import { databaseUrl, ownDatabasesTask } from './backing/databases.ts';
import { DATABASE_OWNERS } from './backing/secrets.ts';
import { environmentOf } from './operator/app-command.ts';
import { type RehearsedProduct, rehearse } from './rehearsals/rehearse.ts';
import { REPOSITORY } from './settings/settings.ts';
import { runCommand, say } from './stack/command.ts';
import { runProgram } from './stack/run-program.ts';
import { CommandError } from './supervisor/command-error.ts';

const MIGRATIONS = join(REPOSITORY, 'packages', 'database', 'src', 'cli.ts');
const CHECKOUT_TIMEOUT_MS = 600_000;
const CHECK_MS = 250;
/** Rounds of load that begin and end on the new tables. */
const ROUNDS_AFTER = 3;

/**
 * Runs an older version under load: the last release, unless a commit is given. Applies this version's migrations meanwhile, and
 * checks that nothing fails. Then starts this version instead, and finally rolls back to the older one.
 */
await runCommand((stop) =>
	rehearse('upgrade', { stop, settings: { BCRYPT_COST: '4' } }, async (directory, create) => {
		const commit = process.argv[2] ?? lastRelease();
		const [code, home] = [join(directory, 'code'), join(directory, 'home')];
		const rounds = join(directory, 'rounds');
		const old = create(home, code);
		const next = create(home);
		say(`Checking out and starting ${commit}.`);
		await checkOut(commit, code, stop);
		await old.start();
		const load = startLoad(old, rounds, stop);
		await load.waitForRounds(1);
		say('It serves requests. Migrating its databases meanwhile.');
		await migrate(old, next);
		say(await rotateKey(old));
		await load.waitForRounds(load.rounds() + ROUNDS_AFTER);
		say(`${await load.end()} rounds of load, none failed: ${commit} works with the new tables.`);
		await old.stop();
		await next.start();
		await next.runStep('upgrade', 'inspect', rounds);
		say('This version runs instead, and all accounts work.');
		await next.stop();
		await old.start();
		await old.runStep('upgrade', 'inspect', rounds);
		say(`Rolled back to ${commit}.`);
	}),
);

/** Returns the commit of the last release, from the changelog. */
function lastRelease(): string {
	const changelog = readFileSync(join(REPOSITORY, 'CHANGELOG.md'), 'utf8');
	const [, commit] = /^## \d.*\n\nCommit (\w+)\.$/m.exec(changelog) ?? [];
	if (commit === undefined) throw new CommandError('CHANGELOG.md names no release commit.');
	return commit;
}

async function checkOut(commit: string, directory: string, stop: AbortSignal): Promise<void> {
	for (const command of [
		['git', 'clone', '--quiet', '--no-checkout', REPOSITORY, directory],
		['git', '-C', directory, 'checkout', '--quiet', commit],
		['pnpm', '--dir', directory, 'install', '--frozen-lockfile', '--prefer-offline'],
	]) {
		const options = { env: baseEnvironment(), stop, timeoutMs: CHECKOUT_TIMEOUT_MS };
		const { exitCode, output } = await runProgram(command, options);
		if (exitCode !== 0) throw new CommandError(`${command.join(' ')} failed:\n${output}`);
	}
}

/** Migrates as a rollout does before the first new process serves. */
async function migrate(old: RehearsedProduct, next: RehearsedProduct): Promise<void> {
	// for a service that the last release does not have
	await ownDatabasesTask(old.home).run();
	for (const owner of DATABASE_OWNERS) {
		const variables = { DATABASE_URL: databaseUrl(old.home, owner) };
		const directory = join(REPOSITORY, 'apps', owner, 'prisma');
		const applied = await next.run([MIGRATIONS, 'deploy', directory], variables);
		say(`  ${owner}: ${applied.replaceAll('\n', ', ')}`);
	}
}

/** Makes the older version write to a table that a migration has changed. Release 0.3.0 has the command in keys.ts. */
async function rotateKey(old: RehearsedProduct): Promise<string> {
	const environment = await environmentOf(old.home.root, 'auth');
	return `  keys: ${await old.run(['apps/auth/src/keys.ts', 'rotate', '--signs-in', '0'], environment)}`;
}

/** Runs users who sign up, upload, run a job and download, one after the other. The file counts them. */
function startLoad(product: RehearsedProduct, file: string, stop: AbortSignal) {
	const running = product.runStep('upgrade', 'load', file);
	// reported by the functions below
	running.catch(() => undefined);
	const rounds = (): number => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rounds : 0);
	const reach = async (count: number) => {
		while (rounds() < count && !stop.aborted) await sleep(CHECK_MS);
		stop.throwIfAborted();
	};
	return {
		rounds,
		/** Rejects when the load fails. */
		waitForRounds: (count: number) => Promise.race([reach(count), running]),
		async end(): Promise<number> {
			writeFileSync(`${file}.enough`, '');
			await running;
			return rounds();
		},
	};
}
