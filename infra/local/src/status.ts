import { parseArgs } from 'node:util';
import { homePath } from './settings/settings.ts';
import { runCommand, say } from './stack/command.ts';
import { collectStatus } from './status-report/collect.ts';
import { renderStatus } from './status-report/render.ts';
import { findHome } from './supervisor/home.ts';
import { requestStatus } from './supervisor/lock.ts';

const HELP = `Shows processes, alarms, jobs, workers, recent failures, queues and disk space of the product that npm start runs.

  npm run status                       as text
  npm run --silent status -- --json    as JSON; null means unknown

docs/observability.md explains the output, docs/runbooks/README.md what to do.
Exit codes: 0 every process is ready and responds, and there is no alarm; 1 otherwise; 2 wrong usage.
`;

/** Shows what runs, waits and failed. The exit code is 1 unless every process is ready and responds, and there is no alarm. */
await runCommand(async () => {
	const options = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
	const { json, help } = parseArgs({ options }).values;
	if (help) {
		say(HELP.trimEnd());
		return 0;
	}
	const home = findHome(homePath());
	const status = home && (await requestStatus(home.root));
	if (home === undefined || status === undefined) {
		say(json ? 'null' : `creatorr isn’t running in ${homePath()}. Start it with \`npm start\`.`);
		return 1;
	}
	const report = await collectStatus(home, status);
	say(json ? JSON.stringify(report, null, 2) : renderStatus(report, Date.now()).trimEnd());
	const { processes, silent, alarms } = report;
	const isReady = processes.length > 0 && processes.every(({ state }) => state === 'ready');
	return isReady && silent.length === 0 && alarms.length === 0 ? 0 : 1;
});
