import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BUBBLEWRAP } from '@creatorr/tool-kit/tool/programs';
import { loadCatalog } from '@creatorr/tools/catalog';
import { CommandError } from '../supervisor/command-error.ts';

const TOOLS = [...(await loadCatalog()).values()];
/** The packages of a machine that runs workers and nothing else: the sandbox and all programs that the tools' manifests name. */
export const PACKAGES_TO_PROCESS = [
	...new Set([BUBBLEWRAP, ...TOOLS.flatMap(({ programs }) => programs)].flatMap(({ packages }) => packages)),
];
const BROKER = 'rabbitmq-server';
/** The services' memory allocator. */
const ALLOCATOR = 'libjemalloc2';
/** For the walkthrough in the README. */
const WALKTHROUGH = ['curl', 'jq'];
/** Create and judge the files of benchmarks. */
const BENCH = ['numpy', 'pil', 'pikepdf', 'reportlab', 'img2pdf'].map((name) => `python3-${name}`);
/** nginx, with which a benchmark compares the gateway, and the load generator. */
const OTHER_GATEWAY = ['nginx', 'wrk'];
/** A second S3 server, a connection pooler, a browser, and what renders deployments. */
const TEST = ['radosgw', 'pgbouncer', 'chromium-headless-shell', 'kustomize', 'docker-compose'];

/** Returns the packages of `npm start`. RabbitMQ isn't needed if an external one is configured. */
export function packagesToStart({ ownBroker }: { ownBroker: boolean }): string[] {
	return [...(ownBroker ? [BROKER] : []), ...PACKAGES_TO_PROCESS, ALLOCATOR, ...WALKTHROUGH];
}

/** The packages of benchmarks that run tools, without a product. */
export const PACKAGES_TO_BENCH = [...packagesToStart({ ownBroker: false }), ...BENCH];

/** The packages of the benchmark of the gateway, which runs no tools. */
export const PACKAGES_TO_BENCH_GATEWAY = [BROKER, ALLOCATOR, ...OTHER_GATEWAY];

export const PACKAGES_TO_TEST = [...packagesToStart({ ownBroker: true }), ...BENCH, ...TEST];

/** Returns the packages that are not installed, by dpkg's own list (`name installed` per line, as dpkg-query prints it). */
export function missingPackages(wanted: string[], dpkgList: string): string[] {
	const installed = new Set(
		dpkgList
			.split('\n')
			.map((line) => line.split(' '))
			.filter(([, status]) => status === 'installed')
			.map(([name]) => name),
	);
	return wanted.filter((name) => !providersOf(name).some((provider) => installed.has(provider)));
}

/** The desktop variant of a `-nogui` package does the same, and the two conflict. */
function providersOf(name: string): string[] {
	return name.endsWith('-nogui') ? [name, name.slice(0, -'-nogui'.length)] : [name];
}

/**
 * Returns the names and states of the packages, as far as dpkg knows them.
 * @throws CommandError on a machine without dpkg
 */
export async function listPackages(wanted: string[]): Promise<string> {
	const field = (name: string): string => `\${${name}}`;
	const format = `--showformat=${field('Package')} ${field('db:Status-Status')}\\n`;
	try {
		return (await promisify(execFile)('dpkg-query', ['--show', format, ...wanted.flatMap(providersOf)]))
			.stdout;
	} catch (error) {
		const { code, stdout } = error as { code?: unknown; stdout?: string };
		// 1: dpkg doesn't know some of them, but lists the others
		if (code === 1) return stdout ?? '';
		throw new CommandError(
			`creatorr needs the Debian packages ${wanted.join(' ')}. Run it on Debian or Ubuntu, or in a container of one.`,
		);
	}
}
