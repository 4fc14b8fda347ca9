import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { findHome } from './supervisor/home.ts';
import { stopRunning } from './supervisor/stop-running.ts';

/** Ends what runs, wherever it was started. */
await runCommand(async () => {
	const { homePath } = readSettings(process.env, []);
	const home = findHome(homePath);
	const ran = home !== undefined && (await stopRunning(home));
	say(ran ? 'Stopped.' : `creatorr isn’t running in ${homePath}.`);
	return 0;
});
