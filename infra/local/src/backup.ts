import { resolve } from 'node:path';
import { makeBackup } from './backup/backup.ts';
import { withHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { homePath, readSettings } from './stack/settings.ts';
import { findHome } from './supervisor/home.ts';
import { askStatus } from './supervisor/lock.ts';
import { StartError } from './supervisor/start-error.ts';

/** Copies the data of the local product, while it runs or not. */
await runCommand(async (stop) => {
	const [directory, ...more] = process.argv.slice(2);
	if (directory === undefined || directory.startsWith('-') || more.length > 0) {
		throw new StartError('Pass a directory to create: npm run backup -- DIRECTORY');
	}
	const { external } = readSettings(process.env);
	if (external.databases !== undefined || external.s3 !== undefined) {
		throw new StartError(
			'This product uses your own database or store servers. Back those up as docs/runbooks/backup.md describes.',
		);
	}
	const home = findHome(homePath());
	if (home === undefined) throw new StartError(`Nothing to back up in ${homePath()}.`);
	const target = resolve(directory);
	if ((await askStatus(home.root)) !== undefined) await makeBackup(home, target, { isRunning: true, stop });
	else {
		// claimed, so that it can't be started meanwhile
		await withHome(homePath(), { requiresSpace: false }, (claimed) =>
			makeBackup(claimed, target, { isRunning: false, stop }),
		);
	}
	say(`Backed up ${home.root} to ${target}. It contains all users, files, jobs and secrets: keep it safe.`);
	return 0;
});
