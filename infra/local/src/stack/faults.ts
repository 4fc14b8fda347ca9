import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { choosePorts } from '../backing/ports.ts';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { proxyProcess } from './apps.ts';

/** Under this condition, Node loads crash points that kill the process, instead of those that do nothing. */
const CRASH_CONDITION = '--conditions=crash-test';

/** Variables that contain the URL of another process, and how the link to it is named. */
const CONNECTIONS: Record<string, (process: string) => string> = {
	AUTH_DATABASE_URL: (process) => `${process}-postgres`,
	FILES_DATABASE_URL: (process) => `${process}-postgres`,
	JOBS_DATABASE_URL: (process) => `${process}-postgres`,
	BILLING_DATABASE_URL: (process) => `${process}-postgres`,
	WEBHOOKS_DATABASE_URL: (process) => `${process}-postgres`,
	AMQP_URL: (process) => `${process}-rabbitmq`,
	S3_ENDPOINT: (process) => `${process}-s3`,
	S3_PUBLIC_ENDPOINT: () => 'clients-s3',
	STRIPE_API_BASE: (process) => `${process}-stripe`,
	AUTH_URL: (process) => `${process}-auth`,
	AUTH_CONTROL_URL: (process) => `${process}-auth-control`,
	FILES_URL: (process) => `${process}-files`,
	JOBS_URL: (process) => `${process}-jobs`,
	BILLING_URL: (process) => `${process}-billing`,
	WEBHOOKS_URL: (process) => `${process}-webhooks`,
	PRIVATE_URL: (process) => `auth-${process}`,
	WEBHOOK_URL: (process) => `${process}-gateway`,
};

type Connection = { name: string; process: string; variable: string; target: URL };
type Link = Connection & { port: number };

/**
 * Returns the same processes, prepared for faults: each calls every other over a link of its own, which can be cut, slowed or
 * silenced, and apps have crash points that kill. The returned variables say where to control links and to order crashes.
 */
export async function addFaults(
	steps: Step[],
	home: Home,
): Promise<{ steps: Step[]; variables: Record<string, string> }> {
	const crashOrders = join(home.root, 'crash');
	mkdirSync(crashOrders, { recursive: true });
	const connections = steps.flatMap(connectionsOf);
	const portName = ({ name }: Connection) => `link-${name}`;
	const ports = await choosePorts<string>(home, ['links', ...connections.map(portName)]);
	const { links: controlPort = 0 } = ports;
	const links = connections.map((connection) => ({ ...connection, port: ports[portName(connection)] ?? 0 }));
	const prepared = steps.map((step) =>
		step.kind === 'task' ? step : withLinks(withCrashPoints(step, crashOrders), links),
	);
	const proxies = links.map(({ name, port, target }) => [name, { port, targetPorts: [Number(target.port)] }]);
	const url = `http://127.0.0.1:${controlPort}`;
	const more = { readyUrl: url, env: { CONTROL_PORT: String(controlPort) } };
	return {
		steps: [...prepared, proxyProcess('links', Object.fromEntries(proxies), more)],
		variables: { TEST_LINKS_URL: url, TEST_CRASH_ORDERS: crashOrders },
	};
}

function connectionsOf(step: Step): Connection[] {
	if (step.kind === 'task') return [];
	return Object.entries(step.env).flatMap(([variable, value]) => {
		const name = CONNECTIONS[variable]?.(step.name);
		return name === undefined ? [] : [{ name, process: step.name, variable, target: new URL(value) }];
	});
}

/** Makes a process call others over its links. */
function withLinks(step: ManagedProcess, links: Link[]): ManagedProcess {
	const own = links.filter(({ process }) => process === step.name);
	if (own.length === 0) return step;
	const env = { ...step.env };
	for (const { variable, target, port } of own) {
		const url = new URL(target);
		url.port = String(port);
		env[variable] = url.href;
	}
	return { ...step, dependsOn: [...step.dependsOn, 'links'], env };
}

/** Activates crash points. The replicas of an app share an order file, and one of them crashes. Other processes have no crash points. */
function withCrashPoints(step: ManagedProcess, crashOrders: string): ManagedProcess {
	if (step.app === undefined) return step;
	const [node = '', ...rest] = step.command;
	return {
		...step,
		command: [node, CRASH_CONDITION, ...rest],
		env: { ...step.env, CRASH_ORDER_FILE: join(crashOrders, `${step.app}.json`) },
	};
}
