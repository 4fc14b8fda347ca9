import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caller } from '../backing/secrets.ts';
import { runCommand } from '../stack/command.ts';
import { runScript } from '../stack/run-program.ts';
import { homePath, REPOSITORY } from '../stack/settings.ts';
import { findHome, type Home, pidFile } from '../supervisor/home.ts';
import { askStatus } from '../supervisor/lock.ts';
import { carriesMark } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';

/** An operators' program of an app. */
type AppCommand = { app: Caller; program: 'admin' | 'dlq'; args: string[] };

/** A command that failed; the message is for the operator. */
export class AppCommandError extends Error {
	readonly exitCode: number;
	constructor(message: string, exitCode: number) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** Runs a command of `npm` for operators with the person's arguments. Reports an AppCommandError with its exit code. */
export async function runOperatorCommand(
	command: (args: string[], stop: AbortSignal) => Promise<number>,
): Promise<void> {
	await runCommand(async (stop) => {
		try {
			return await command(process.argv.slice(2), stop);
		} catch (error) {
			if (!(error instanceof AppCommandError)) throw error;
			process.stderr.write(`${error.message.trimEnd()}\n`);
			return error.exitCode;
		}
	});
}

/** Runs an app's command on the person's terminal; returns its exit code. */
export async function runAppCommand(command: AppCommand, stop: AbortSignal): Promise<number> {
	const env = await environmentOfApp(command.app);
	return await runScript(pathOf(command), { stop, env, args: command.args });
}

/** Returns the report of an app's command. Throws an AppCommandError with its error output when it fails. */
export async function askApp(command: AppCommand, stop: AbortSignal): Promise<Record<string, unknown>> {
	const env = await environmentOfApp(command.app);
	const args = ['--no-warnings', pathOf(command), ...command.args, '--json'];
	return await new Promise((resolve, reject) => {
		execFile(process.execPath, args, { env, signal: stop }, (error, stdout, stderr) => {
			if (!error) return resolve(JSON.parse(stdout));
			const exitCode = typeof error.code === 'number' ? error.code : 1;
			reject(new AppCommandError(stderr.trim() || error.message, exitCode));
		});
	});
}

function pathOf({ app, program }: AppCommand): string {
	return join(REPOSITORY, 'apps', app, 'src', `${program}.ts`);
}

/** Returns the environment of an app that runs in the product of this home: any replica's, as they share all but a port. */
async function environmentOfApp(app: Caller): Promise<Record<string, string>> {
	const home = findHome(homePath());
	if (!home || !(await askStatus(home.root)))
		throw new StartError(`creatorr isn’t running in ${homePath()}. Start it with \`npm start\`.`);
	const names = globSync('*.pid', { cwd: home.run }).map((file) => file.replace(/\.pid$/, ''));
	for (const name of names.filter((replica) => replica.replace(/-\d+$/, '') === app)) {
		const environment = environmentOf(home, name);
		if (environment) return environment;
	}
	throw new StartError(`${app} isn’t running. See \`npm run status\`.`);
}

/**
 * Returns the environment of a process of this home; undefined when it has ended, and another process may have its pid: a command
 * must not run with that one's environment.
 */
export function environmentOf(home: Home, name: string): Record<string, string> | undefined {
	try {
		const pid = readFileSync(pidFile(home, name), 'utf8').trim();
		const environ = readFileSync(`/proc/${pid}/environ`, 'utf8');
		if (!carriesMark(environ, home.root)) return undefined;
		const entries = environ.split('\0').filter(Boolean);
		return Object.fromEntries(
			entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
		);
	} catch {
		return undefined;
	}
}
