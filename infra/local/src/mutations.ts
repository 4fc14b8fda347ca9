import { MUTATIONS, withMutantTree } from './checks/mutations-check.ts';
import { withTestHome } from './checks/test-home.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand } from './stack/command.ts';
import { generateCode } from './stack/generate-code.ts';
import { printTrouble } from './stack/print-event.ts';
import { runScript } from './stack/run-script.ts';
import { testServices } from './stack/test-services.ts';
import { withSupervisor } from './stack/with-supervisor.ts';
import type { Home } from './supervisor/home.ts';

/** Starts the services that tests need, then is qa/mutations/main.ts. */
await runCommand(async (stop) => {
	if (process.argv.includes('--help')) return await runScript(MUTATIONS, { stop });
	return await withTestHome(async ({ home }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		await generateCode(home.root, stop);
		return await tryMutants(home, stop);
	});
});

async function tryMutants(home: Home, stop: AbortSignal): Promise<number> {
	const { steps, environment } = await testServices(home);
	let exitCode = 1;
	await withSupervisor({ home, steps, apps: new Set(), report: printTrouble, stop }, async () => {
		exitCode = await withMutantTree(home, environment, (env) => runScript(MUTATIONS, { stop, env }));
	});
	return exitCode;
}
