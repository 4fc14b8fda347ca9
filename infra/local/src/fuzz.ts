import { join } from 'node:path';
import { baseEnvironment } from './backing/base-environment.ts';
import { withTestHome } from './checks/test-home.ts';
import { withTestProduct } from './checks/test-product.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand, say } from './stack/command.ts';
import { printTrouble } from './stack/print-event.ts';
import { runScript } from './stack/run-script.ts';
import { REPOSITORY } from './stack/settings.ts';
import { testServices } from './stack/test-services.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { Home } from './supervisor/home.ts';
import { ownershipMark } from './supervisor/ownership.ts';

const MAIN = join(REPOSITORY, 'acceptance', 'fuzz', 'main.ts');

/** Starts the product in a home of its own, then is acceptance/fuzz/main.ts against it. */
await runCommand((stop) =>
	withTestHome(async ({ home, keepLogs }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		const exitCode = await fuzz(home, stop);
		if (exitCode !== 0) say(`Logs of the services: ${keepLogs()}`);
		return exitCode;
	}),
);

async function fuzz(home: Home, stop: AbortSignal): Promise<number> {
	const services = await testServices(home);
	let exitCode = 1;
	await withSupervisor(
		{ home, steps: services.steps, apps: new Set(), report: printTrouble, stop },
		async () => {
			await withTestProduct(home, services, stop, async (environment) => {
				const env = { ...baseEnvironment(process.env), ...environment, ...ownershipMark(home.root) };
				exitCode = await runScript(MAIN, { stop, env });
			});
		},
	);
	return exitCode;
}
