import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from '../backing/base-environment.ts';
import { readPorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { loadSecrets } from '../backing/secrets.ts';
import { say } from '../stack/command.ts';
import { runProgram } from '../stack/run-program.ts';
import { REPOSITORY, readSettings } from '../stack/settings.ts';
import { boundToUs } from '../supervisor/bound-to-us.ts';
import { findHome, type Home } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { endOwnedProcesses } from '../supervisor/ownership.ts';

const START_TIMEOUT_MS = 240_000;
const STEP_TIMEOUT_MS = 600_000;
const CHECK_MS = 250;

/** Lets what the services of a home logged outlive it. */
export function keepLogs(home: Home | undefined, name: string): void {
	if (home === undefined) return;
	const kept = join(readSettings(process.env, []).homePath, name);
	rmSync(kept, { recursive: true, force: true });
	cpSync(home.logs, kept, { recursive: true });
	say(`Logs of the services: ${kept}`);
}

/**
 * The product in a home of its own, as a person runs it.
 * @param repository whose code is run: ours, or another version
 */
export function createProduct({
	homePath,
	gatewayPort,
	settings,
	stop,
	repository = REPOSITORY,
}: {
	homePath: string;
	gatewayPort: number;
	settings: Record<string, string>;
	stop: AbortSignal;
	repository?: string;
}) {
	const commands = join(repository, 'infra', 'local', 'src');
	const env = {
		...baseEnvironment(process.env),
		...settings,
		CREATORR_HOME: homePath,
		GATEWAY_PORT: String(gatewayPort),
	};
	const home = () => findHome(homePath);
	let started: { child: ChildProcess; at: Date } | undefined;

	const run = async (command: string[], more: Record<string, string> = {}): Promise<string> => {
		const { exitCode, output } = await runProgram([process.execPath, '--no-warnings', ...command], {
			cwd: repository,
			env: { ...env, ...more },
			stop,
			timeoutMs: STEP_TIMEOUT_MS,
		});
		if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${output}`);
		return output.trimEnd();
	};

	const here = (): Home => {
		const found = home();
		if (found === undefined) throw new Error(`${homePath} is not there`);
		return found;
	};
	const adminUrl = (): string => {
		const { postgres: port = 0 } = readPorts(here());
		return postgresAdminUrl({ port, password: loadSecrets(here()).postgresPassword });
	};

	return {
		home,
		run,
		/** How the owner of all its databases connects. */
		adminUrl,
		/** Of npm, with its arguments. */
		command: (name: string, ...args: string[]) => run([join(commands, `${name}.ts`), ...args]),
		async start(): Promise<void> {
			const [program = '', ...args] = boundToUs([
				process.execPath,
				'--no-warnings',
				join(commands, 'start.ts'),
			]);
			const child = spawn(program, args, { cwd: repository, env, stdio: 'ignore' });
			started = { child, at: new Date() };
			await untilReady(child, home, stop);
		},
		/** Of a program of qa/rehearsals, with its arguments, against this product. */
		act(program: string, ...args: string[]): Promise<string> {
			const url = `http://127.0.0.1:${gatewayPort}`;
			return run([program, ...args], {
				TEST_BASE_URL: url,
				TEST_BASE_URL_2: url,
				TEST_CREATORR_HOME: here().root,
				TEST_POSTGRES_ADMIN_URL: adminUrl(),
				TEST_STARTED_AT: started?.at.toISOString() ?? '',
			});
		},
		/** As Ctrl-C does. */
		async stop(): Promise<void> {
			if (started === undefined) return;
			const { child } = started;
			started = undefined;
			if (child.exitCode !== null || child.signalCode !== null) return;
			const ended = once(child, 'exit');
			child.kill('SIGTERM');
			await ended;
		},
		/** As when the machine burns down: nothing is finished, nothing is left. */
		async lose(): Promise<void> {
			const found = home();
			if (found === undefined) return;
			started?.child.kill('SIGKILL');
			await killSupervisor(found);
			await endOwnedProcesses(found.root);
			rmSync(found.root, { recursive: true, force: true });
		},
	};
}

/** Whoever started it: another version may run in the same home. It would start again what is ended. */
async function killSupervisor({ root }: Home): Promise<void> {
	const status = await askStatus(root);
	if (status === undefined) return;
	process.kill(status.pid, 'SIGKILL');
	while ((await askStatus(root)) !== undefined) await sleep(CHECK_MS);
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
			const found = home();
			const status = found && (await askStatus(found.root));
			const processes = status?.processes ?? [];
			if (processes.length > 0 && processes.every(({ state }) => state === 'ready')) return;
		}
		throw new Error('the product is not up');
	};
	await Promise.race([ready(), ended]);
}
