import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Caller } from '../backing/secrets.ts';
import { runScript } from '../stack/run-script.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { environmentOfApp } from './app-environment.ts';

interface AppCommand {
	app: Caller;
	/** Of its operators' programs. */
	program: 'admin' | 'dlq';
	args: string[];
}

const pathOf = ({ app, program }: AppCommand) => join(REPOSITORY, 'apps', app, 'src', `${program}.ts`);

/** Runs an app's command on the person's terminal; answers its exit code. */
export async function runAppCommand(command: AppCommand, stop: AbortSignal): Promise<number> {
	const env = await environmentOfApp(command.app);
	return await runScript(pathOf(command), { stop, env, args: command.args });
}

/** A command that could not be done: it has said why. */
export class AppCommandError extends Error {
	readonly exitCode: number;
	constructor(message: string, exitCode: number) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** The report of an app's command. Throws an AppCommandError with what it said when there is none. */
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
