import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { checkHttp } from '../backing/checks.ts';
import { choosePorts } from '../backing/ports.ts';
import type { Home } from '../supervisor/home.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { PROXY } from './apps.ts';

/** Under this condition of Node the apps load the crash points that kill, in place of those that do nothing. */
const CRASH_CONDITION = '--conditions=crash-test';

/** The variables with which a process calls another, and the name of the connection. */
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
 * Returns the same processes, prepared for faults: each calls every other over a link of its own that can be cut, slowed and
 * silenced, and apps die at a crash point when they are told to. The variables name where links and crashes are controlled.
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
	return {
		steps: [...prepared, linksProcess(links, controlPort)],
		variables: { TEST_LINKS_URL: `http://127.0.0.1:${controlPort}`, TEST_CRASH_ORDERS: crashOrders },
	};
}

function connectionsOf(step: Step): Connection[] {
	if (step.kind === 'task') return [];
	return Object.entries(step.env).flatMap(([variable, value]) => {
		const name = CONNECTIONS[variable]?.(step.name);
		return name === undefined ? [] : [{ name, process: step.name, variable, target: new URL(value) }];
	});
}

/** Has a process call every other over its links. */
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

/** The replicas of an app share a file for orders, and one of them obeys. Other processes have no crash points. */
function withCrashPoints(step: ManagedProcess, crashOrders: string): ManagedProcess {
	if (step.app === undefined) return step;
	const [node = '', ...rest] = step.command;
	return {
		...step,
		command: [node, CRASH_CONDITION, ...rest],
		env: { ...step.env, CRASH_ORDER_FILE: join(crashOrders, `${step.app}.json`) },
	};
}

function linksProcess(links: Link[], controlPort: number): ManagedProcess {
	const proxies = links.map(({ name, port, target }) => [name, { port, targetPorts: [Number(target.port)] }]);
	return {
		kind: 'process',
		name: 'links',
		dependsOn: [],
		command: [process.execPath, '--no-warnings', PROXY],
		env: {
			...baseEnvironment(),
			CONTROL_PORT: String(controlPort),
			PROXIES: JSON.stringify(Object.fromEntries(proxies)),
		},
		checkReady: () => checkHttp(`http://127.0.0.1:${controlPort}/`),
	};
}
