import { join } from 'node:path';
import { baseEnvironment } from './backing/base-environment.ts';
import { withTestHome } from './checks/test-home.ts';
import { packagesToBench, packagesToBenchGateway, packagesToStart } from './machine/debian-packages.ts';
import { installPackages } from './machine/install-packages.ts';
import { requireUserNamespaces } from './machine/user-namespaces.ts';
import { type BenchProduct, withBenchProduct } from './stack/bench-product.ts';
import { runCommand, say } from './stack/command.ts';
import { runScript } from './stack/run-script.ts';
import { REPOSITORY, readSettings } from './stack/settings.ts';
import { type Home, openHome } from './supervisor/home.ts';
import { ownershipMark } from './supervisor/ownership.ts';

const MAIN = join(REPOSITORY, 'qa', 'bench', 'main.ts');

const ONE_OF_EACH = { gateway: 1, 'tool-worker': 1 };
/** A tool that the product does not have. */
const NOOP = 'qa/bench/queue/noop';
const EVERYTHING = packagesToStart({ ownBroker: true });

/** The benches that run no tools, here or at all. */
const WITHOUT_TOOLS = ['presign'];

/** The benches that measure a product of their own, and how they want it. */
const PRODUCTS: Readonly<Record<string, BenchProduct & { packages: string[] }>> = {
	gateway: {
		packages: packagesToBenchGateway(),
		scale: ONE_OF_EACH,
		only: ['auth', 'web'],
		held: ['gateway'],
	},
	throughput: {
		packages: [...EVERYTHING, ...packagesToBench()],
		scale: { gateway: 1, 'tool-worker': 4 },
		held: ['tool-worker'],
	},
	drain: { packages: EVERYTHING, scale: ONE_OF_EACH, held: ['tool-worker'], extraTool: NOOP },
	memory: { packages: [...EVERYTHING, ...packagesToBench()], scale: ONE_OF_EACH, held: [] },
	abuse: { packages: [...EVERYTHING, ...packagesToBench()], scale: ONE_OF_EACH, held: [] },
	overhead: { packages: EVERYTHING, scale: ONE_OF_EACH, held: [], extraTool: NOOP },
};

/** Gets the machine ready, and the product where one is measured, then is qa/bench/main.ts. */
await runCommand(async (stop) => {
	const name = process.argv[2] ?? '';
	const wanted = PRODUCTS[name];
	if (wanted && !process.argv.includes('--help')) return await onProduct(wanted, stop);
	if (!WITHOUT_TOOLS.includes(name)) {
		await installPackages(packagesToBench(), openHome(readSettings(process.env, []).homePath));
		await requireUserNamespaces();
	}
	return await runScript(MAIN, { stop });
});

function onProduct(wanted: BenchProduct & { packages: string[] }, stop: AbortSignal): Promise<number> {
	return withTestHome(
		async ({ home, keepLogs }) => {
			await installPackages(wanted.packages, home);
			await requireUserNamespaces();
			const exitCode = await measure(home, wanted, stop);
			if (exitCode !== 0) say(`Logs of the services: ${keepLogs()}`);
			return exitCode;
		},
		{ logsName: 'bench-logs' },
	);
}

async function measure(home: Home, wanted: BenchProduct, stop: AbortSignal): Promise<number> {
	let exitCode = 1;
	await withBenchProduct(home, wanted, stop, async (environment) => {
		const { INIT_CWD } = process.env;
		const env = {
			...baseEnvironment(process.env),
			...(INIT_CWD !== undefined && { INIT_CWD }),
			...environment,
			...ownershipMark(home.root),
		};
		exitCode = await runScript(MAIN, { stop, env });
	});
	return exitCode;
}
