import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from '../backing/base-environment.ts';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { packagesToStart } from '../machine/debian-packages.ts';
import { prepareMachine } from '../machine/prepare-machine.ts';
import { stopRunning } from '../stack/claim-home.ts';
import { say } from '../stack/command.ts';
import { runProgram } from '../stack/run-program.ts';
import { homePath, REPOSITORY } from '../stack/settings.ts';
import { findHome, type Home } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { boundToUs, endOwnedProcesses } from '../supervisor/ownership.ts';

const START_TIMEOUT_MS = 240_000;
const STEP_TIMEOUT_MS = 600_000;
const CHECK_MS = 250;

type RehearsalOptions = {
	/** Variables of all products that differ from the defaults. */
	settings: Record<string, string>;
	stop: AbortSignal;
};

/**
 * Runs a rehearsal in a directory that is removed afterwards with all products created in it.
 * @param cleanUp called after all products have ended
 * @returns the exit code
 * @throws what the work throws; the logs are kept then, under the rehearsal's name
 */
export async function rehearse(
	name: string,
	{ cleanUp, ...options }: RehearsalOptions & { cleanUp?: (directory: string) => void },
	work: (directory: string, create: (home: string, repository?: string) => RehearsedProduct) => Promise<void>,
): Promise<number> {
	await prepareMachine(packagesToStart({ ownBroker: true }));
	const directory = mkdtempSync(join(tmpdir(), `creatorr-${name}-`));
	const gatewayPort = await pickConsecutivePorts(1);
	const products: RehearsedProduct[] = [];
	try {
		await work(directory, (home, repository = REPOSITORY) => {
			const product = new RehearsedProduct(home, { ...options, repository, gatewayPort });
			products.push(product);
			return product;
		});
	} catch (error) {
		if (!options.stop.aborted) products.findLast(({ exists }) => exists)?.keepLogs(`${name}-logs`);
		throw error;
	} finally {
		for (const product of products) await product.lose();
		cleanUp?.(directory);
		rmSync(directory, { recursive: true, force: true });
	}
	return options.stop.aborted ? 130 : 0;
}

/** A product in a home of its own, controlled by the commands that an operator has. */
export class RehearsedProduct {
	readonly #path: string;
	readonly #repository: string;
	readonly #env: Record<string, string>;
	readonly #url: string;
	readonly #stop: AbortSignal;
	#startedAt: Date | undefined;

	/** @param repository whose code is run: ours, or that of another version */
	constructor(
		path: string,
		{
			repository,
			gatewayPort,
			settings,
			stop,
		}: RehearsalOptions & { repository: string; gatewayPort: number },
	) {
		this.#path = path;
		this.#repository = repository;
		this.#url = `http://127.0.0.1:${gatewayPort}`;
		this.#env = { ...baseEnvironment(), ...settings, CREATORR_HOME: path, GATEWAY_PORT: String(gatewayPort) };
		this.#stop = stop;
	}

	get exists(): boolean {
		return findHome(this.#path) !== undefined;
	}

	/** @throws when the product was never started */
	get home(): Home {
		const home = findHome(this.#path);
		if (home === undefined) throw new Error(`${this.#path} does not exist`);
		return home;
	}

	/** Starts the product, and resolves when every process is ready. */
	async start(): Promise<void> {
		const [program = '', ...args] = boundToUs([process.execPath, '--no-warnings', this.#pathOf('start')]);
		this.#startedAt = new Date();
		const child = spawn(program, args, { cwd: this.#repository, env: this.#env, stdio: 'ignore' });
		const ended = once(child, 'exit').then(() => {
			throw new Error('npm start ended');
		});
		await Promise.race([this.#waitUntilReady(), ended]);
	}

	/** Ends the product as Ctrl-C does. */
	async stop(): Promise<void> {
		await stopRunning(this.home);
	}

	/** Kills every process, and removes the home. The supervisor first: it would restart processes that are killed. */
	async lose(): Promise<void> {
		const home = findHome(this.#path);
		if (home === undefined) return;
		const status = await askStatus(home.root);
		if (status !== undefined) process.kill(status.pid, 'SIGKILL');
		while ((await askStatus(home.root)) !== undefined) await sleep(CHECK_MS);
		await endOwnedProcesses(home.root);
		rmSync(home.root, { recursive: true, force: true });
	}

	/** Runs a command of npm, such as `backup`. */
	async command(name: string, ...args: string[]): Promise<void> {
		await this.run([this.#pathOf(name), ...args]);
	}

	/** Runs one act of a rehearsal, a program of qa, against this product; returns its output. */
	act(program: string, ...args: string[]): Promise<string> {
		return this.run([join(REPOSITORY, 'qa', 'rehearsals', program, 'main.ts'), ...args], {
			TEST_BASE_URL: this.#url,
			TEST_BASE_URL_2: this.#url,
			TEST_CREATORR_HOME: this.home.root,
			TEST_POSTGRES_ADMIN_URL: postgresAdminUrl(this.home),
			TEST_STARTED_AT: this.#startedAt?.toISOString() ?? '',
		});
	}

	/** Runs a program of the repository to its end; returns its output. */
	async run(command: string[], variables: Record<string, string> = {}): Promise<string> {
		const { exitCode, output } = await runProgram([process.execPath, '--no-warnings', ...command], {
			cwd: this.#repository,
			env: { ...this.#env, ...variables },
			stop: this.#stop,
			timeoutMs: STEP_TIMEOUT_MS,
		});
		if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${output}`);
		return output.trimEnd();
	}

	keepLogs(name: string): void {
		const kept = join(homePath(), name);
		rmSync(kept, { recursive: true, force: true });
		cpSync(this.home.logs, kept, { recursive: true });
		say(`Logs of the services: ${kept}`);
	}

	#pathOf(command: string): string {
		return join(this.#repository, 'infra', 'local', 'src', `${command}.ts`);
	}

	async #waitUntilReady(): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (Date.now() < deadline && !this.#stop.aborted) {
			const home = findHome(this.#path);
			// a supervisor that is too busy to answer is asked again
			const status = home && (await askStatus(home.root).catch(() => undefined));
			const processes = status?.processes ?? [];
			if (processes.length > 0 && processes.every(({ state }) => state === 'ready')) return;
			await sleep(CHECK_MS);
		}
		throw new Error('the product did not start');
	}
}
