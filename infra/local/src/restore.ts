import { resolve } from 'node:path';
import { readNote } from './backup/backup-files.ts';
import { restoreBackup } from './backup/restore-backup.ts';
import { claimHome, releaseHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { StartError } from './supervisor/start-error.ts';

/** Puts what `npm run backup` has copied into a fresh home. */
await runCommand(async (stop) => {
	const [directory, ...more] = process.argv.slice(2);
	if (directory === undefined || directory.startsWith('-') || more.length > 0) {
		throw new StartError('Pass the directory of the backup: npm run restore -- DIRECTORY');
	}
	const source = resolve(directory);
	const { madeAt } = readNote(source);
	const { homePath } = readSettings(process.env, []);
	const home = await claimHome(homePath, () => ({ pid: process.pid, url: null, processes: [] }));
	try {
		await restoreBackup(source, home, stop);
	} finally {
		await releaseHome(home);
	}
	say(`Restored ${home.root} as of ${madeAt}. Start it with \`npm start\`.`);
	return 0;
});
