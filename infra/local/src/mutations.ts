import { MUTATIONS, withMutantTree } from './checks/mutations-check.ts';
import { withTestHome } from './checks/test-home.ts';
import { withTestServices } from './checks/test-product.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand } from './stack/command.ts';
import { generateCode } from './stack/generate-code.ts';
import { runScript } from './stack/run-script.ts';
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
	let exitCode = 1;
	await withTestServices(home, stop, async ({ environment }) => {
		exitCode = await withMutantTree(home, environment, (env) => runScript(MUTATIONS, { stop, env }));
	});
	return exitCode;
}
