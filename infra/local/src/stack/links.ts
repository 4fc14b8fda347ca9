import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { checkHttp } from '../backing/check-http.ts';
import { choosePorts } from '../backing/ports.ts';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { REPOSITORY } from './settings.ts';

const MAIN = join(REPOSITORY, 'qa', 'chaos', 'links', 'main.ts');

/** The variables that lead a process to another, and who is reached by them. */
const LEADS_TO: Record<string, (process: string) => string> = {
	AUTH_DATABASE_URL: (process) => `${process}-postgres`,
	FILES_DATABASE_URL: (process) => `${process}-postgres`,
	JOBS_DATABASE_URL: (process) => `${process}-postgres`,
	BILLING_DATABASE_URL: (process) => `${process}-postgres`,
	AMQP_URL: (process) => `${process}-rabbitmq`,
	S3_ENDPOINT: (process) => `${process}-s3`,
	S3_PUBLIC_ENDPOINT: () => 'clients-s3',
	STRIPE_API_BASE: (process) => `${process}-stripe`,
	AUTH_URL: (process) => `${process}-auth`,
	AUTH_CONTROL_URL: (process) => `${process}-auth-control`,
	FILES_URL: (process) => `${process}-files`,
	JOBS_URL: (process) => `${process}-jobs`,
	BILLING_URL: (process) => `${process}-billing`,
	PRIVATE_URL: (process) => `auth-${process}`,
	WEBHOOK_URL: (process) => `${process}-gateway`,
};

type Link = { name: string; process: string; variable: string; target: URL; port: number };

/**
 * The same processes, each of which reaches every other over a link of its own that can be cut, slowed and silenced, and the
 * process that is these links. Resolves also to the address at which they are told so.
 */
export async function linkedSteps(steps: Step[], home: Home): Promise<{ steps: Step[]; controlUrl: string }> {
	const links = await placeLinks(steps, home);
	const { links: controlPort } = await choosePorts(home, ['links']);
	const linked = steps.map((step) => {
		const own = links.filter(({ process }) => process === step.name);
		if (step.kind === 'task' || own.length === 0) return step;
		const env = Object.fromEntries(own.map(({ variable, target, port }) => [variable, via(target, port)]));
		return { ...step, dependsOn: [...step.dependsOn, 'links'], env: { ...step.env, ...env } };
	});
	return {
		steps: [...linked, linksProcess(links, controlPort)],
		controlUrl: `http://127.0.0.1:${controlPort}`,
	};
}

async function placeLinks(steps: Step[], home: Home): Promise<Link[]> {
	const links = steps.flatMap((step) =>
		Object.entries(step.kind === 'process' ? step.env : {}).flatMap(([variable, value]) => {
			const name = LEADS_TO[variable]?.(step.name);
			return name === undefined ? [] : [{ name, process: step.name, variable, target: new URL(value) }];
		}),
	);
	const ports = await choosePorts(
		home,
		links.map(({ name }) => `link-${name}`),
	);
	return links.map((link) => ({ ...link, port: ports[`link-${link.name}`] ?? 0 }));
}

function via(target: URL, port: number): string {
	const url = new URL(target);
	url.port = String(port);
	return url.href;
}

function linksProcess(links: Link[], controlPort: number): ManagedProcess {
	const places = links.map(({ name, port, target }) => ({ name, port, targetPort: Number(target.port) }));
	return {
		kind: 'process',
		name: 'links',
		dependsOn: [],
		command: [process.execPath, '--no-warnings', MAIN],
		env: {
			...baseEnvironment(process.env),
			CONTROL_PORT: String(controlPort),
			LINKS: JSON.stringify(places),
		},
		checkReady: () => checkHttp(`http://127.0.0.1:${controlPort}/`),
		readyTimeoutMs: 30_000,
		stopSignal: 'SIGTERM',
		stopTimeoutMs: 3_000,
	};
}
