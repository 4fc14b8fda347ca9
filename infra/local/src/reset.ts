import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeAbandonedHomes } from './checks/abandoned-homes.ts';
import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { findHome, type Home } from './supervisor/home.ts';
import { stopRunning } from './supervisor/stop-running.ts';

/** Everything that we put into a home, by name: a home may be a directory that has other things in it. */
const OURS = [
	'data',
	'data.restoring',
	'mail',
	'logs',
	'run',
	'ports.json',
	'secrets.json',
	'secrets.json.new',
	'stripe.json',
	'stripe.json.new',
	'test.env',
	// of runs that failed
	'test-logs',
	'acceptance-logs',
	'bench-logs',
	'chaos-logs',
	'web-logs',
	'rehearsal-logs',
	'restore-logs',
	'upgrade-logs',
];

/** Ends what runs and forgets all of it: users, files, jobs, secrets. */
await runCommand(async () => {
	const { homePath } = readSettings(process.env, []);
	const home = findHome(homePath);
	if (home !== undefined) {
		await stopRunning(home);
		await removeAbandonedHomes(home.root);
		removeContents(home);
	}
	say(`Deleted all data in ${homePath}. \`npm start\` starts from scratch.`);
	return 0;
});

function removeContents(home: Home): void {
	for (const name of OURS) rmSync(join(home.root, name), { recursive: true, force: true });
	if (readdirSync(home.root).length === 0) rmdirSync(home.root);
}
