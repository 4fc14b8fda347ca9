import { resolve } from 'node:path';
import { makeBackup } from './backup/make-backup.ts';
import { databaseOwners } from './stack/apps.ts';
import { claimHome, releaseHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { findHome } from './supervisor/home.ts';
import { askStatus } from './supervisor/lock.ts';
import { StartError } from './supervisor/start-error.ts';

/** Copies the data of the local product, while it runs or not. */
await runCommand(async (stop) => {
	const [directory, ...more] = process.argv.slice(2);
	if (directory === undefined || directory.startsWith('-') || more.length > 0) {
		throw new StartError('Name one directory, which is made: npm run backup -- DIRECTORY');
	}
	const { homePath, external } = readSettings(process.env, databaseOwners());
	if (external.databases !== undefined || external.s3 !== undefined) {
		throw new StartError(
			'The databases or the store are servers of yours: back them up by their own means, as docs/runbooks/backup.md says.',
		);
	}
	const home = findHome(homePath);
	if (home === undefined) throw new StartError(`There is nothing in ${homePath} to back up.`);
	const target = resolve(directory);
	if ((await askStatus(home.root)) !== undefined) {
		await makeBackup(home, target, { isRunning: true, stop });
	} else {
		// nobody starts it meanwhile
		const claimed = await claimHome(homePath, () => ({ pid: process.pid, url: null, processes: [] }), {
			requiresSpace: false,
		});
		try {
			await makeBackup(claimed, target, { isRunning: false, stop });
		} finally {
			await releaseHome(claimed);
		}
	}
	say(`${target} has all users, files and jobs of ${home.root}, and its secrets: keep it safe.`);
	return 0;
});
