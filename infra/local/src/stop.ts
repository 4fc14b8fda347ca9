import { homePath } from './settings/settings.ts';
import { stopRunning } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { findHome } from './supervisor/home.ts';

/** Stops the product of the home, wherever it was started. */
await runCommand(async () => {
	const home = findHome(homePath());
	const ran = home !== undefined && (await stopRunning(home));
	say(ran ? 'Stopped.' : `creatorr isn’t running in ${homePath()}.`);
	return 0;
});
