import { resolve } from 'node:path';
import { readNote, restoreBackup } from './backup/backup.ts';
import { withHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { homePath } from './stack/settings.ts';
import { StartError } from './supervisor/start-error.ts';

/** Copies a backup of `npm run backup` into a new home. */
await runCommand(async (stop) => {
	const [directory, ...more] = process.argv.slice(2);
	if (directory === undefined || directory.startsWith('-') || more.length > 0) {
		throw new StartError('Pass the directory of the backup: npm run restore -- DIRECTORY');
	}
	const source = resolve(directory);
	const { madeAt } = readNote(source);
	await withHome(homePath(), {}, async (home) => {
		await restoreBackup(source, home, stop);
		say(`Restored ${home.root} as of ${madeAt}. Start it with \`npm start\`.`);
	});
	return 0;
});
