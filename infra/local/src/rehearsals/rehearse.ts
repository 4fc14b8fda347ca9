import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseEnvironment } from '../backing/base-environment.ts';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { postgresAdminUrl } from '../backing/postgres.ts';
import { packagesToStart } from '../machine/debian-packages.ts';
import { prepareMachine } from '../machine/prepare-machine.ts';
import { homePath, REPOSITORY } from '../settings/settings.ts';
import { stopRunning } from '../stack/claim-home.ts';
import { say } from '../stack/command.ts';
import { runProgram } from '../stack/run-program.ts';
import { type Home, openHome } from '../supervisor/home.ts';
import { requestStatus } from '../supervisor/lock.ts';
import { bindToThisProcess, endOwnedProcesses } from '../supervisor/ownership.ts';

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
		const last = products.findLast(({ home }) => existsSync(home.logs));
		if (last && !options.stop.aborted) {
			const kept = join(homePath(), `${name}-logs`);
			rmSync(kept, { recursive: true, force: true });
			cpSync(last.home.logs, kept, { recursive: true });
			say(`Logs of the services: ${kept}`);
		}
		throw error;
	} finally {
		for (const product of products) await product.destroy();
		cleanUp?.(directory);
		rmSync(directory, { recursive: true, force: true });
	}
	options.stop.throwIfAborted();
	return 0;
}

/** A product in a home of its own, controlled by the commands that an operator has. */
export class RehearsedProduct {
	readonly home: Home;
	readonly #options: RehearsalOptions & { repository: string; gatewayPort: number };
	#startedAt = '';

	/** @param options.repository the repository whose code runs: this one, or a checkout of another version */
	constructor(path: string, options: RehearsalOptions & { repository: string; gatewayPort: number }) {
		this.home = openHome(path);
		this.#options = options;
	}

	/** Starts the product, and resolves when every process is ready. */
	async start(): Promise<void> {
		const command = [process.execPath, '--no-warnings', this.#pathOf('start')];
		const [program = '', ...args] = bindToThisProcess(command);
		this.#startedAt = new Date().toISOString();
		const options = { cwd: this.#options.repository, env: this.#environment(), stdio: 'ignore' } as const;
		const ended = once(spawn(program, args, options), 'exit').then(() => {
			throw new Error('npm start ended');
		});
		await Promise.race([this.#waitUntilReady(), ended]);
	}

	/** Ends the product as Ctrl-C does. */
	async stop(): Promise<void> {
		await stopRunning(this.home);
	}

	/** Kills every process and removes the home. Kills the supervisor first, because it would restart the others. */
	async destroy(): Promise<void> {
		const { root } = this.home;
		const status = await requestStatus(root);
		if (status !== undefined) process.kill(status.pid, 'SIGKILL');
		while ((await requestStatus(root)) !== undefined) await sleep(CHECK_MS);
		await endOwnedProcesses(root);
		rmSync(root, { recursive: true, force: true });
	}

	/** Runs a command of npm, such as `backup`. */
	async command(name: string, ...args: string[]): Promise<void> {
		await this.run([this.#pathOf(name), ...args]);
	}

	/** Runs one step of a rehearsal, a program of qa, against this product; returns its output. */
	runStep(program: string, ...args: string[]): Promise<string> {
		const url = `http://127.0.0.1:${this.#options.gatewayPort}`;
		return this.run([join(REPOSITORY, 'qa', 'rehearsals', program, 'main.ts'), ...args], {
			TEST_BASE_URL: url,
			TEST_BASE_URL_2: url,
			TEST_CREATORR_HOME: this.home.root,
			TEST_POSTGRES_ADMIN_URL: postgresAdminUrl(this.home),
			TEST_STARTED_AT: this.#startedAt,
		});
	}

	/** Runs a program of the repository to its end; returns its output. */
	async run(command: string[], variables: Record<string, string> = {}): Promise<string> {
		const { exitCode, output } = await runProgram([process.execPath, '--no-warnings', ...command], {
			cwd: this.#options.repository,
			env: { ...this.#environment(), ...variables },
			stop: this.#options.stop,
			timeoutMs: STEP_TIMEOUT_MS,
		});
		if (exitCode !== 0) throw new Error(`${command.join(' ')} failed:\n${output}`);
		return output.trimEnd();
	}

	#environment(): Record<string, string> {
		const { settings, gatewayPort } = this.#options;
		const own = { CREATORR_HOME: this.home.root, GATEWAY_PORT: String(gatewayPort) };
		return { ...baseEnvironment(), ...settings, ...own };
	}

	#pathOf(command: string): string {
		return join(this.#options.repository, 'infra', 'local', 'src', `${command}.ts`);
	}

	async #waitUntilReady(): Promise<void> {
		const deadline = Date.now() + START_TIMEOUT_MS;
		while (Date.now() < deadline && !this.#options.stop.aborted) {
			// a supervisor that is too busy to answer is asked again
			const status = await requestStatus(this.home.root).catch(() => undefined);
			const processes = status?.processes ?? [];
			if (processes.length > 0 && processes.every(({ state }) => state === 'ready')) return;
			await sleep(CHECK_MS);
		}
		throw new Error('the product did not start');
	}
}
