import { parseArgs } from 'node:util';
import { homePath } from './settings/settings.ts';
import { runCommand, say } from './stack/command.ts';
import { collectStatus } from './status-report/collect.ts';
import { renderStatus } from './status-report/render.ts';
import { findHome } from './supervisor/home.ts';
import { askStatus } from './supervisor/lock.ts';

/** Shows what runs, waits and failed. The exit code is 1 unless every process is ready and answers. */
await runCommand(async () => {
	const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
	const home = findHome(homePath());
	const status = home && (await askStatus(home.root));
	if (home === undefined || status === undefined) {
		say(values.json ? 'null' : `creatorr isn’t running in ${homePath()}. Start it with \`npm start\`.`);
		return 1;
	}
	const report = await collectStatus(home, status);
	say(values.json ? JSON.stringify(report, null, 2) : renderStatus(report, Date.now()).trimEnd());
	const { processes, silent, alarms } = report;
	const isReady = processes.length > 0 && processes.every(({ state }) => state === 'ready');
	return isReady && silent.length === 0 && alarms.length === 0 ? 0 : 1;
});
