import { baseEnvironment } from '../backing/base-environment.ts';
import { packagesToTest } from '../machine/debian-packages.ts';
import { installPackages } from '../machine/install-packages.ts';
import { requireUserNamespaces } from '../machine/user-namespaces.ts';
import { say } from '../stack/command.ts';
import { runScript } from '../stack/run-script.ts';
import type { Home } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import { withTestHome } from './test-home.ts';
import { withOwnTestProduct } from './test-product.ts';

/** Starts the product in a home of its own, runs a program of the repository against it, and answers its exit code. */
export function runOnProduct(program: string, stop: AbortSignal): Promise<number> {
	return withTestHome(async ({ home, keepLogs }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		const exitCode = await runIn(home, program, stop);
		if (exitCode !== 0) say(`Logs of the services: ${keepLogs()}`);
		return exitCode;
	});
}

async function runIn(home: Home, program: string, stop: AbortSignal): Promise<number> {
	let exitCode = 1;
	await withOwnTestProduct(home, stop, async (environment) => {
		const env = { ...baseEnvironment(process.env), ...environment, ...ownershipMark(home.root) };
		exitCode = await runScript(program, { stop, env });
	});
	return exitCode;
}
