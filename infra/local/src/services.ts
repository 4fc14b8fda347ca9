import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimHome, releaseHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { printEvent } from './stack/print-event.ts';
import { readSettings } from './stack/settings.ts';
import { asShellFile } from './stack/test-environment.ts';
import { testServices } from './stack/test-services.ts';
import { untilAborted } from './stack/until-aborted.ts';
import type { ProcessSnapshot } from './supervisor/process.ts';
import { createSupervisor } from './supervisor/supervisor.ts';

/** Only the backing services, for running the tests of one package by hand. */
await runCommand(async (stop) => {
	const { homePath } = readSettings(process.env, []);
	let processes = (): ProcessSnapshot[] => [];
	const home = await claimHome(homePath, () => ({ pid: process.pid, url: null, processes: processes() }));
	const services = await testServices(home);
	const supervisor = createSupervisor({
		home,
		steps: services.steps,
		report: printEvent,
		draining: new Set(),
		drainMs: 0,
	});
	processes = supervisor.snapshot;
	try {
		await Promise.race([supervisor.start(), untilAborted(stop)]);
		const file = join(home.root, 'test.env');
		writeFileSync(file, asShellFile(services.environment), { mode: 0o600 });
		say(
			`Backing services are up. In another terminal: . ${file} && cd packages/… && pnpm test. Ctrl-C ends them.`,
		);
		await untilAborted(stop);
	} finally {
		await supervisor.stop();
		await releaseHome(home);
	}
	return 0;
});
