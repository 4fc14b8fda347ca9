import { join } from 'node:path';
import { baseEnvironment } from './backing/base-environment.ts';
import { withTestHome } from './checks/test-home.ts';
import { packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { withChaosProduct } from './stack/chaos-product.ts';
import { runCommand, say } from './stack/command.ts';
import { runScript } from './stack/run-script.ts';
import { REPOSITORY } from './stack/settings.ts';
import type { Home } from './supervisor/home.ts';
import { ownershipMark } from './supervisor/ownership.ts';

const MAIN = join(REPOSITORY, 'qa', 'chaos', 'main.ts');

/** Starts the product in a home of its own, then is qa/chaos/main.ts against it. */
await runCommand((stop) =>
	withTestHome(
		async ({ home, keepLogs }) => {
			await installPackages(packagesToStart({ ownBroker: true }), home);
			await requireUserNamespaces();
			const exitCode = await breakThings(home, stop);
			if (exitCode !== 0) say(`Logs of the services: ${keepLogs()}`);
			return exitCode;
		},
		{ logsName: 'chaos-logs' },
	),
);

async function breakThings(home: Home, stop: AbortSignal): Promise<number> {
	let exitCode = 1;
	await withChaosProduct(home, stop, async (environment) => {
		const env = { ...baseEnvironment(process.env), ...environment, ...ownershipMark(home.root) };
		exitCode = await runScript(MAIN, { stop, env });
	});
	return exitCode;
}
