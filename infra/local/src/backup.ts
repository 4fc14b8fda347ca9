import { resolve } from 'node:path';
import { makeBackup } from './backup/backup.ts';
import { homePath, readSettings } from './settings/settings.ts';
import { withHome } from './stack/claim-home.ts';
import { onlyArgument, runCommand, say } from './stack/command.ts';
import { CommandError } from './supervisor/command-error.ts';
import { findHome } from './supervisor/home.ts';
import { requestStatus } from './supervisor/lock.ts';

/** Copies the data of the local product, while it runs or not. */
await runCommand(async (stop) => {
	const target = resolve(onlyArgument('Pass a directory to create: npm run backup -- DIRECTORY'));
	const { external } = readSettings(process.env);
	if (external.databases !== undefined || external.s3 !== undefined) {
		throw new CommandError(
			'This product uses your own database or store servers. Back those up as docs/runbooks/backup.md describes.',
		);
	}
	const home = findHome(homePath());
	if (home === undefined) throw new CommandError(`Nothing to back up in ${homePath()}.`);
	const isRunning = (await requestStatus(home.root)) !== undefined;
	if (isRunning) await makeBackup(home, target, { isRunning, stop });
	// claimed, so that the product can't be started during the backup
	else await withHome(homePath(), {}, (claimed) => makeBackup(claimed, target, { isRunning, stop }));
	say(`Backed up ${home.root} to ${target}. It contains all users, files, jobs and secrets: keep it safe.`);
	return 0;
});
