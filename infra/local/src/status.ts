import { runCommand, say } from './stack/command.ts';
import { readSettings } from './stack/settings.ts';
import { findHome } from './supervisor/home.ts';
import { askStatus } from './supervisor/lock.ts';
import type { ProcessSnapshot } from './supervisor/process.ts';

/** What runs; exit code 1 unless all of it is ready. */
await runCommand(async () => {
	const { homePath } = readSettings(process.env, []);
	const home = findHome(homePath);
	const status = home && (await askStatus(home.root));
	if (status === undefined) {
		say(`Nothing runs in ${homePath}; \`npm start\` starts it.`);
		return 1;
	}
	say(
		`creatorr ${status.url === null ? 'has its backing services' : `at ${status.url}`} in ${homePath}, supervisor pid ${status.pid}`,
	);
	for (const snapshot of status.processes) say(describe(snapshot));
	return status.processes.length > 0 && status.processes.every(({ state }) => state === 'ready') ? 0 : 1;
});

function describe({ name, state, pid, restarts }: ProcessSnapshot): string {
	const parts = [name.padEnd(16), state.padEnd(11), pid === null ? '' : `pid ${pid}`];
	if (restarts > 0) parts.push(`restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`);
	return parts.join(' ').trimEnd();
}
