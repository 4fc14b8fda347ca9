import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { claimHome, releaseHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { printEvent } from './stack/print-event.ts';
import { readSettings } from './stack/settings.ts';
import { asShellFile } from './stack/test-environment.ts';
import { testServices } from './stack/test-services.ts';
import { untilAborted } from './stack/until-aborted.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { ProcessSnapshot } from './supervisor/process.ts';

/** Only the backing services, for running the tests of one package by hand. */
await runCommand(async (stop) => {
	const { homePath } = readSettings(process.env, []);
	let processes = (): ProcessSnapshot[] => [];
	const home = await claimHome(homePath, () => ({ pid: process.pid, url: null, processes: processes() }));
	try {
		await installPackages(packagesToTest(), home);
		const { steps, environment } = await testServices(home);
		await withSupervisor({ home, steps, apps: new Set(), report: printEvent, stop }, async (snapshot) => {
			processes = snapshot;
			const file = join(home.root, 'test.env');
			writeFileSync(file, asShellFile(environment), { mode: 0o600 });
			say(
				`Backing services are ready. In another terminal: . ${file} && cd packages/… && pnpm test. Stop them with Ctrl-C.`,
			);
			await untilAborted(stop);
		});
	} finally {
		await releaseHome(home);
	}
	return 0;
});
