import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BUBBLEWRAP } from '@creatorr/tool-kit/tool/programs';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { StartError } from '../supervisor/start-error.ts';

/** Debian packages of the sandbox and of all programs that the tools' manifests name. */
const PROCESSING = await readToolPackages();

async function readToolPackages(): Promise<string[]> {
	const manifests = [...(await loadCatalogue()).values()];
	const programs = [BUBBLEWRAP, ...manifests.flatMap(({ programs: ofTool }) => ofTool)];
	return [...new Set(programs.flatMap(({ packages }) => packages))];
}

const BROKER = 'rabbitmq-server';
/** The services' memory allocator. */
const ALLOCATOR = 'libjemalloc2';
/** What the walkthrough in the README uses. */
const WALKTHROUGH = ['curl', 'jq'];

/** What the bench makes its files and judges with. */
const BENCH = ['numpy', 'pil', 'pikepdf', 'reportlab', 'img2pdf'].map((name) => `python3-${name}`);

/** What a machine needs that runs workers and nothing else. */
export function packagesToProcess(): string[] {
	return PROCESSING;
}

/** Renders and checks what deploys the product elsewhere. */
const DEPLOYMENT = ['kustomize', 'docker-compose'];

/** The Debian packages that a start needs; a broker of the person's own makes ours needless. */
export function packagesToStart({ ownBroker }: { ownBroker: boolean }): string[] {
	return [...(ownBroker ? [BROKER] : []), ...PROCESSING, ALLOCATOR, ...WALKTHROUGH];
}

/** The bench runs the tools, but no broker. */
export function packagesToBench(): string[] {
	return [...packagesToStart({ ownBroker: false }), ...BENCH];
}

/** What the gateway is held against, and what asks both. */
const OTHER_GATEWAY = ['nginx', 'wrk'];

/** The bench of the gateway needs the product but for its tools. */
export function packagesToBenchGateway(): string[] {
	return [BROKER, ALLOCATOR, ...OTHER_GATEWAY];
}

/** The tests need a second S3 server, a pooler and a browser on top, test the bench, and check deployments. */
export function packagesToTest(): string[] {
	return [
		...packagesToStart({ ownBroker: true }),
		...BENCH,
		...['radosgw', 'pgbouncer', 'chromium'],
		...DEPLOYMENT,
	];
}

/** Which of the packages are not installed, by dpkg's own list (`installed` per line, as dpkg-query prints it). */
export function missingPackages(wanted: string[], dpkgList: string): string[] {
	const installed = new Set(
		dpkgList
			.split('\n')
			.map((line) => line.split(' '))
			.filter(([, status]) => status === 'installed')
			.map(([name]) => name),
	);
	return wanted.filter((name) => !servedBy(name).some((one) => installed.has(one)));
}

/** A desktop LibreOffice does what the one without windows does, and the two exclude each other. */
function servedBy(name: string): string[] {
	return name.endsWith('-nogui') ? [name, name.slice(0, -'-nogui'.length)] : [name];
}

/**
 * The names and states of the packages, as far as dpkg knows them.
 * @throws StartError on a machine without dpkg
 */
export async function listPackages(wanted: string[]): Promise<string> {
	const field = (name: string): string => `\${${name}}`;
	const format = `--showformat=${field('Package')} ${field('db:Status-Status')}\\n`;
	try {
		return (await promisify(execFile)('dpkg-query', ['--show', format, ...wanted.flatMap(servedBy)])).stdout;
	} catch (error) {
		const { code, stdout } = error as { code?: unknown; stdout?: string };
		// 1: some of them are unknown to dpkg; the others are listed all the same
		if (code === 1) return stdout ?? '';
		throw new StartError(
			`creatorr needs the Debian packages ${wanted.join(' ')}. Run it on Debian or Ubuntu, or in a container of one.`,
		);
	}
}
