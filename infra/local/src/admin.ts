import { runAdmin } from './operator/admin-command.ts';
import { AppCommandError } from './operator/run-app-command.ts';
import { runCommand } from './stack/command.ts';

/** What operators do for users: each part is the command of the app that owns it, with that app's environment. */
await runCommand(async (stop) => {
	try {
		return await runAdmin(process.argv.slice(2), stop);
	} catch (error) {
		if (!(error instanceof AppCommandError)) throw error;
		process.stderr.write(`${error.message.trimEnd()}\n`);
		return error.exitCode;
	}
});
