import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGES_TO_TEST } from './machine/debian-packages.ts';
import { prepareMachine } from './machine/prepare-machine.ts';
import { homePath } from './settings/settings.ts';
import { withHome } from './stack/claim-home.ts';
import { runCommand, say } from './stack/command.ts';
import { printEvent } from './stack/print-event.ts';
import { withTestServices } from './stack/test-services.ts';
import { untilAborted } from './supervisor/supervisor.ts';

/** Runs only the backing services, for the tests of one package. */
await runCommand(async (stop) => {
	await withHome(homePath(), {}, async (home) => {
		await prepareMachine(PACKAGES_TO_TEST, home);
		await withTestServices(home, { stop, report: printEvent }, async (environment) => {
			const file = join(home.root, 'test.env');
			writeFileSync(file, asShellFile(environment), { mode: 0o600 });
			say(
				`Backing services are ready. In another terminal: . ${file} && cd packages/… && pnpm test. Stop them with Ctrl-C.`,
			);
			await untilAborted(stop);
		});
	});
	return 0;
});

function asShellFile(environment: Record<string, string>): string {
	const quote = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;
	return Object.entries(environment)
		.map(([name, value]) => `export ${name}=${quote(value)}\n`)
		.join('');
}
