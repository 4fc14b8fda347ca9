import { resolve } from 'node:path';
import { readBackupMetadata, restoreBackup } from './backup/backup.ts';
import { homePath } from './settings/settings.ts';
import { withHome } from './stack/claim-home.ts';
import { onlyArgument, runCommand, say } from './stack/command.ts';

/** Copies a backup of `npm run backup` into a new home. */
await runCommand(async (stop) => {
	const source = resolve(onlyArgument('Pass the directory of the backup: npm run restore -- DIRECTORY'));
	const { madeAt } = readBackupMetadata(source);
	await withHome(homePath(), {}, async (home) => {
		await restoreBackup(source, home, stop);
		say(`Restored ${home.root} as of ${madeAt}. Start it with \`npm start\`.`);
	});
	return 0;
});
