import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from '../backing/base-environment.ts';
import { pickConsecutivePorts, readPorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { loadSecrets } from '../backing/secrets.ts';
import { say } from '../stack/command.ts';
import { runProgram } from '../stack/run-program.ts';
import { REPOSITORY, readSettings } from '../stack/settings.ts';
import { boundToUs } from '../supervisor/bound-to-us.ts';
import { findHome, type Home } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';

const COMMANDS = join(REPOSITORY, 'infra', 'local', 'src');
const ACTS = join(REPOSITORY, 'acceptance', 'restore', 'main.ts');
const START_TIMEOUT_MS = 240_000;
const STEP_TIMEOUT_MS = 600_000;
const CHECK_MS = 250;

/** What differs from the defaults: passwords cost little, and rows and bytes are compared again at once. */
const SETTINGS = {
	BCRYPT_COST: '4',
	RECONCILE_INTERVAL_HOURS: '0.001',
};

/**
 * Starts a product, gives it data of every kind, backs it up while it works, kills it and removes its home; then restores into
 * another home, starts that and holds it against what was there. All by the commands of npm.
 * @throws when any of it does not succeed; logs are kept then
 */
export async function rehearseRestore(stop: AbortSignal): Promise<void> {
	const directory = mkdtempSync(join(tmpdir(), 'creatorr-restore-'));
	const gatewayPort = await pickConsecutivePorts(1);
	const [memory, backup] = [join(directory, 'memory.json'), join(directory, 'backup')];
	const product = (name: string) => createProduct(join(directory, name), gatewayPort, stop);
	const [first, second] = [product('first'), product('second')];
	try {
		say('Starting a product, and giving it accounts, a subscription, files and jobs.');
		await first.start();
		await first.act('fill', memory);
		await first.command('backup', backup);
		say('Backed up while jobs run and wait. What comes now is not in it.');
		await first.act('go-on', memory);
		await first.lose();
		say('All its processes were killed, and its home is gone. Restoring into another one.');
		await second.command('restore', backup);
		await second.start();
		say(await second.act('check', memory));
		say('The backup has brought everything back.');
	} catch (error) {
		if (!stop.aborted) keepLogs(second.home() ?? first.home());
		throw error;
	} finally {
		for (const { lose } of [first, second]) await lose();
		rmSync(directory, { recursive: true, force: true });
	}
}

function keepLogs(home: Home | undefined): void {
	if (home === undefined) return;
	const kept = join(readSettings(process.env, []).homePath, 'restore-logs');
	rmSync(kept, { recursive: true, force: true });
	cpSync(home.logs, kept, { recursive: true });
	say(`Logs of the services: ${kept}`);
}

/** The product in a home of its own, as a person runs it. */
function createProduct(homePath: string, gatewayPort: number, stop: AbortSignal) {
	const env = {
		...baseEnvironment(process.env),
		...SETTINGS,
		CREATORR_HOME: homePath,
		GATEWAY_PORT: String(gatewayPort),
	};
	const home = () => findHome(homePath);
	let started: { child: ChildProcess; at: Date } | undefined;

	const run = async (command: string[], more: Record<string, string> = {}): Promise<string> => {
		const { exitCode, output } = await runProgram([process.execPath, '--no-warnings', ...command], {
			env: { ...env, ...more },
			stop,
			timeoutMs: STEP_TIMEOUT_MS,
		});
		if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${output}`);
		return output.trimEnd();
	};

	return {
		home,
		/** Of npm, with its arguments. */
		command: (name: string, ...args: string[]) => run([join(COMMANDS, `${name}.ts`), ...args]),
		async start(): Promise<void> {
			const [program = '', ...args] = boundToUs([
				process.execPath,
				'--no-warnings',
				join(COMMANDS, 'start.ts'),
			]);
			const child = spawn(program, args, { env, stdio: 'ignore' });
			started = { child, at: new Date() };
			await untilReady(child, home, stop);
		},
		/** Of acceptance/restore, against this product. */
		act(name: string, memory: string): Promise<string> {
			const here = home();
			if (here === undefined) throw new Error(`${homePath} is not there`);
			const { postgres: port = 0 } = readPorts(here);
			const url = `http://127.0.0.1:${gatewayPort}`;
			return run([ACTS, name, memory], {
				TEST_BASE_URL: url,
				TEST_BASE_URL_2: url,
				TEST_CREATORR_HOME: here.root,
				TEST_POSTGRES_ADMIN_URL: postgresAdminUrl({ port, password: loadSecrets(here).postgresPassword }),
				TEST_STARTED_AT: started?.at.toISOString() ?? '',
			});
		},
		/** As when the machine burns down: nothing is finished, nothing is left. */
		async lose(): Promise<void> {
			const here = home();
			if (here === undefined) return;
			const status = await askStatus(here.root);
			if (status !== undefined) process.kill(status.pid, 'SIGKILL');
			started?.child.kill('SIGKILL');
			await endOwnedProcesses(here.root);
			rmSync(here.root, { recursive: true, force: true });
		},
	};
}

async function untilReady(
	child: ChildProcess,
	home: () => Home | undefined,
	stop: AbortSignal,
): Promise<void> {
	const ended = once(child, 'exit').then(() => {
		throw new Error('npm start ended');
	});
	const ready = async () => {
		for (
			const end = Date.now() + START_TIMEOUT_MS;
			Date.now() < end && !stop.aborted;
			await sleep(CHECK_MS)
		) {
			const here = home();
			const status = here && (await askStatus(here.root));
			const processes = status?.processes ?? [];
			if (processes.length > 0 && processes.every(({ state }) => state === 'ready')) return;
		}
		throw new Error('the product is not up');
	};
	await Promise.race([ready(), ended]);
}
