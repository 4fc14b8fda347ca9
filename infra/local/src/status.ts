import { parseArgs } from 'node:util';
import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { collectStatus } from './status-report/collect.ts';
import { renderStatus } from './status-report/render.ts';
import { findHome } from './supervisor/home.ts';
import { askStatus } from './supervisor/lock.ts';

/** What runs, what waits and what went wrong; exit code 1 unless all of it is ready and answers. */
await runCommand(async () => {
	const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
	const { homePath } = readSettings(process.env, []);
	const home = findHome(homePath);
	const status = home && (await askStatus(home.root));
	if (home === undefined || status === undefined) {
		say(values.json ? 'null' : `creatorr isn’t running in ${homePath}. Start it with \`npm start\`.`);
		return 1;
	}
	const report = await collectStatus(home, status);
	if (values.json) say(JSON.stringify(report, null, 2));
	else for (const line of renderStatus(report, Date.now())) say(line);
	const { processes, silent, alarms } = report;
	const isWell = processes.length > 0 && processes.every(({ state }) => state === 'ready');
	return isWell && silent.length === 0 && alarms.length === 0 ? 0 : 1;
});
