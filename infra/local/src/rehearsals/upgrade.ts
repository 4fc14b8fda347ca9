import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from '../backing/base-environment.ts';
import { databaseUrl } from '../backing/databases.ts';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { DATABASE_OWNERS, loadSecrets } from '../backing/secrets.ts';
import { say } from '../stack/command.ts';
import { runProgram } from '../stack/run-program.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { type Home, pidFile } from '../supervisor/home.ts';
import { StartError } from '../supervisor/start-error.ts';
import { createProduct, keepLogs } from './product.ts';

const ACTS = join(REPOSITORY, 'qa', 'rehearsals', 'upgrade', 'main.ts');
const MIGRATIONS = join(REPOSITORY, 'packages', 'database', 'src', 'cli.ts');
const GET_TIMEOUT_MS = 600_000;
const CHECK_MS = 250;
/** Of the load, that begin and end on the new tables. */
const ROUNDS_AFTER = 3;

const SETTINGS = { BCRYPT_COST: '4' };

/** The commit of the last release, as the changelog has it. */
export function lastRelease(): string {
	const changelog = readFileSync(join(REPOSITORY, 'CHANGELOG.md'), 'utf8');
	const [, commit] = /^## \d.*\n\nCommit (\w+)\.$/m.exec(changelog) ?? [];
	if (commit === undefined) throw new StartError('CHANGELOG.md names no release commit.');
	return commit;
}

/**
 * Runs an older version under load, takes its tables to what ours are, and looks that it goes on without a failure; then starts
 * ours in its place, and then the older one again.
 * @throws when any of it does not succeed; logs are kept then
 */
export async function rehearseUpgrade(commit: string, stop: AbortSignal): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-upgrade-'));
	const [code, homePath] = [join(directory, 'code'), join(directory, 'home')];
	const given = { homePath, gatewayPort: await pickConsecutivePorts(1), settings: SETTINGS, stop };
	const old = createProduct({ ...given, repository: code });
	const next = createProduct(given);
	try {
		say(`Checking out and starting ${commit}.`);
		await getCode(commit, code, stop);
		await old.start();
		const load = startLoad(old, join(directory, 'rounds'), stop);
		await load.until(1);
		say('It serves requests. Migrating its databases meanwhile.');
		await migrate(old.adminUrl(), old.home(), next.run);
		say(await rotateKey(old.home(), old.run));
		await load.until(load.rounds() + ROUNDS_AFTER);
		say(`${await load.end()} rounds of load, none failed: ${commit} works with the new tables.`);
		await old.stop();
		await next.start();
		await next.act(ACTS, 'look', join(directory, 'rounds'));
		say('This version runs instead, and all accounts work.');
		await next.stop();
		await old.start();
		await old.act(ACTS, 'look', join(directory, 'rounds'));
		say(`Rolled back to ${commit}.`);
	} catch (error) {
		if (!stop.aborted) keepLogs(old.home(), 'upgrade-logs');
		throw error;
	} finally {
		await next.lose();
		await old.lose();
		rmSync(directory, { recursive: true, force: true });
	}
}

async function getCode(commit: string, directory: string, stop: AbortSignal): Promise<void> {
	for (const command of [
		['git', 'clone', '--quiet', '--no-checkout', REPOSITORY, directory],
		['git', '-C', directory, 'checkout', '--quiet', commit],
		['pnpm', '--dir', directory, 'install', '--frozen-lockfile', '--prefer-offline'],
	]) {
		const env = baseEnvironment(process.env);
		const { exitCode, output } = await runProgram(command, { env, stop, timeoutMs: GET_TIMEOUT_MS });
		if (exitCode !== 0) throw new StartError(`${command.join(' ')} failed:\n${output}`);
	}
}

type Run = (command: string[], environment?: Record<string, string>) => Promise<string>;

/** As a rollout does before the first new process serves. */
async function migrate(adminUrl: string, home: Home | undefined, run: Run): Promise<void> {
	if (home === undefined) throw new Error('the home is not there');
	const { databasePasswords } = loadSecrets(home);
	for (const owner of DATABASE_OWNERS) {
		const DATABASE_URL = databaseUrl(adminUrl, owner, databasePasswords[owner]);
		const applied = await run([MIGRATIONS, 'deploy', join(REPOSITORY, 'apps', owner, 'prisma')], {
			DATABASE_URL,
		});
		say(`  ${owner}: ${applied.replaceAll('\n', ', ')}`);
	}
}

/** By the older version: makes a row of a table that was changed. */
async function rotateKey(home: Home | undefined, run: Run): Promise<string> {
	if (home === undefined) throw new Error('the home is not there');
	const pid = readFileSync(pidFile(home, 'auth'), 'utf8').trim();
	const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
	const environment = Object.fromEntries(
		entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
	);
	return `  keys: ${await run(['apps/auth/src/keys.ts', 'rotate', '--signs-in', '0'], environment)}`;
}

/** People who sign up, upload, have a job done and download, one after the other, until told to end. */
function startLoad(product: Pick<ReturnType<typeof createProduct>, 'act'>, file: string, stop: AbortSignal) {
	let failure: unknown;
	const running = product.act(ACTS, 'load', file).catch((error: unknown) => {
		failure = error;
	});
	const rounds = (): number => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rounds : 0);
	return {
		rounds,
		async until(count: number): Promise<void> {
			while (rounds() < count && failure === undefined && !stop.aborted) await sleep(CHECK_MS);
			if (failure !== undefined) throw failure;
			stop.throwIfAborted();
		},
		async end(): Promise<number> {
			writeFileSync(`${file}.enough`, '');
			await running;
			if (failure !== undefined) throw failure;
			return rounds();
		},
	};
}
