import { acceptanceCheck, browserCheck } from './checks/acceptance-check.ts';
import { chaosCheck } from './checks/chaos-check.ts';
import type { Check } from './checks/check.ts';
import { fullDiskCheck, staticChecks, webBuildCheck } from './checks/command-check.ts';
import { jestCheck, testedPackages } from './checks/jest-check.ts';
import { mutationsCheck } from './checks/mutations-check.ts';
import { longestFirst, runChecks } from './checks/run-checks.ts';
import { withTestHome } from './checks/test-home.ts';
import { withTestServices } from './checks/test-product.ts';
import { packagesToTest } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { runCommand, say } from './stack/command.ts';
import { generateCode } from './stack/generate-code.ts';
import type { Home } from './supervisor/home.ts';

/** Tests wait as long as they work, so that four checks at a time keep two processors busy. */
const CONCURRENCY = 4;

/** Every check of the project on services of its own, then the sum alone on the last line. */
await runCommand(async (stop) => {
	const filter = process.argv[2] ?? '';
	return await withTestHome(async ({ home, keepLogs }) => {
		await installPackages(packagesToTest(), home);
		await requireUserNamespaces();
		const { passed, failed } = await runAll(home, filter, stop);
		if (stop.aborted) return 130;
		if (failed > 0) say(`Logs of the services: ${keepLogs()}`);
		say(`${passed} passed, ${failed} failed`);
		return failed === 0 && passed > 0 ? 0 : 1;
	});
});

async function runAll(
	home: Home,
	filter: string,
	stop: AbortSignal,
): Promise<{ passed: number; failed: number }> {
	const sum = { passed: 0, failed: 0 };
	const chosen = (checks: Check[]) => checks.filter(({ name }) => name.includes(filter));
	const add = async (checks: Check[]): Promise<void> => {
		for (const { passed, failed } of await runChecks(checks, { concurrency: CONCURRENCY, stop })) {
			sum.passed += passed;
			sum.failed += failed;
		}
	};
	await withTestServices(home, stop, async (services) => {
		await generateCode(home.root, stop);
		const onProducts = chosen([browserCheck(), acceptanceCheck(), chaosCheck(), fullDiskCheck(home.root)]);
		const suites = chosen([
			...testedPackages().map((directory) => jestCheck(directory, services.environment, home.root)),
			mutationsCheck(home),
		]);
		// Products that start side by side would each build the web app, over each other.
		const build = onProducts.length > 0 ? [webBuildCheck(home.root)] : [];
		await add([...chosen(staticChecks(home.root)), ...build]);
		await add(longestFirst([...onProducts, ...suites]));
	});
	return sum;
}
