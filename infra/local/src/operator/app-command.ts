import { type ExecFileException, execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Caller } from '../backing/secrets.ts';
import { homePath, REPOSITORY } from '../settings/settings.ts';
import { runScript } from '../stack/run-program.ts';
import { appOf } from '../stack/scale.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { findHome } from '../supervisor/home.ts';
import { requestStatus } from '../supervisor/lock.ts';
import { hasOwnershipMark } from '../supervisor/ownership.ts';

type AppCommand = { app: Caller; program: 'admin' | 'dlq'; args: string[] };

/** Runs an app's command in this terminal. Returns its exit code. */
export async function runAppCommand(command: AppCommand, stop: AbortSignal): Promise<number> {
	const env = await environmentOf(homePath(), command.app);
	return await runScript(pathOf(command), { stop, env: withProgram(env, command), args: command.args });
}

/** Returns the report of an app's command. Throws a CommandError with its error output when it fails. */
export async function readAppReport(
	command: AppCommand,
	stop: AbortSignal,
): Promise<Record<string, unknown>> {
	const env = withProgram(await environmentOf(homePath(), command.app), command);
	const args = ['--no-warnings', pathOf(command), ...command.args, '--json'];
	try {
		return JSON.parse((await promisify(execFile)(process.execPath, args, { env, signal: stop })).stdout);
	} catch (error) {
		const { code, message, stderr = '' } = error as ExecFileException;
		throw new CommandError(stderr.trim() || message, { exitCode: typeof code === 'number' ? code : 1 });
	}
}

/** Adds how the operator calls the program, for its messages. */
function withProgram(env: Record<string, string>, { program }: AppCommand): Record<string, string> {
	return { ...env, OPERATOR_PROGRAM: `npm run ${program} --` };
}

function pathOf({ app, program }: AppCommand): string {
	return join(REPOSITORY, 'apps', app, 'src', `${program}.ts`);
}

/**
 * Returns the environment of an app that runs in the product of a home. Takes any replica's: they differ only in a port.
 * @throws CommandError when the product or the app isn't running
 */
export async function environmentOf(path: string, app: Caller): Promise<Record<string, string>> {
	const home = findHome(path);
	const status = home && (await requestStatus(home.root));
	if (!status) throw new CommandError(`creatorr isn’t running in ${path}. Start it with \`npm start\`.`);
	const replicas = status.processes.filter(({ name }) => appOf(name) === app);
	const environs = replicas.map(({ pid }) => readEnviron(pid, home.root));
	const environ = environs.find((text) => text !== '') ?? '';
	if (environ === '') throw new CommandError(`${app} isn’t running. See \`npm run status\`.`);
	const entries = environ.split('\0').filter(Boolean);
	return Object.fromEntries(
		entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
	);
}

/**
 * Returns the environment of a process of this home from /proc, or an empty text if the process has ended. Another process may have
 * its pid now, and a command must not run with that one's environment.
 */
function readEnviron(pid: number | null, homeRoot: string): string {
	try {
		const environ = readFileSync(`/proc/${pid}/environ`, 'utf8');
		return hasOwnershipMark(environ, homeRoot) ? environ : '';
	} catch {
		return '';
	}
}
