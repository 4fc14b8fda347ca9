import { homePath } from './settings/settings.ts';
import { stopRunning } from './stack/claim-home.ts';
import { noArguments, runCommand, say } from './stack/command.ts';
import { findHome } from './supervisor/home.ts';

/** Stops the product of the home, wherever it was started. */
await runCommand(async () => {
	noArguments(
		'npm run stop has no options. It stops the product of the home (CREATORR_HOME, by default .local/).',
	);
	const home = findHome(homePath());
	const ran = home !== undefined && (await stopRunning(home));
	say(ran ? 'Stopped.' : `creatorr isn’t running in ${homePath()}.`);
	return 0;
});
