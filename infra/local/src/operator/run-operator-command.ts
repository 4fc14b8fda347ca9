import { runCommand } from '../stack/command.ts';
import { AppCommandError } from './run-app-command.ts';

/** Runs a command of `npm` for operators with the person's arguments; what it could not do it has said itself. */
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
