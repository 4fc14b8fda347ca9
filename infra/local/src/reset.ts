import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandonedHomes } from './checks/test-home.ts';
import { homePath } from './settings/settings.ts';
import { stopRunning } from './stack/claim-home.ts';
import { noArguments, runCommand, say } from './stack/command.ts';
import { findHome } from './supervisor/home.ts';

/** All entries that creatorr creates in a home. The directory may contain files of others, which stay. */
const CREATED_ENTRIES = [
	...['data', 'data.restoring', 'mail', 'logs', 'run', 'ports.json', 'test.env'],
	...['secrets.json', 'secrets.json.new', 'stripe.json', 'stripe.json.new'],
	// logs of failed runs
	...['test', 'acceptance', 'web', 'bench', 'chaos', 'rehearsal', 'restore', 'upgrade', 'full-disk'].map(
		(name) => `${name}-logs`,
	),
];

/** Stops the product and deletes its users, files, jobs and secrets. */
await runCommand(async () => {
	noArguments(
		'npm run reset has no options. It stops the product and deletes all its data in the home (CREATORR_HOME, by default .local/), without asking.',
	);
	const home = findHome(homePath());
	if (home !== undefined) {
		await stopRunning(home);
		await removeAbandonedHomes(home.root);
		for (const name of CREATED_ENTRIES) rmSync(join(home.root, name), { recursive: true, force: true });
		if (readdirSync(home.root).length === 0) rmdirSync(home.root);
	}
	say(`Deleted all data in ${homePath()}. \`npm start\` starts from scratch.`);
	return 0;
});
