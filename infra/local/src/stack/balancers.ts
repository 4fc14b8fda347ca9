import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { checkHttp } from '../backing/check-http.ts';
import type { Caller } from '../backing/secrets.ts';
import type { ManagedProcess } from '../supervisor/process.ts';
import { countOf, type Scale } from './scale.ts';

const MAIN = join(import.meta.dirname, '..', 'balancer', 'main.ts');

/** Who is reached at one address by others inside: clients have an address for each gateway, and workers take from queues. */
const CALLED: readonly Caller[] = ['auth', 'files', 'jobs', 'billing'];

/** The apps that have several replicas behind the one address that others know. */
export function balancedApps(scale: Scale): Caller[] {
	return CALLED.filter((app) => countOf(app, scale) > 1);
}

export function balancerName(app: string): string {
	return `${app}-balancer`;
}

/** The process that has the address of an app, or of another port of it, and spreads connections over its replicas. */
export function balancerProcess(
	name: string,
	{ port, replicas, portOf }: { port: number; replicas: string[]; portOf: (replica: string) => number },
): ManagedProcess {
	return {
		kind: 'process',
		name,
		dependsOn: replicas,
		command: [process.execPath, MAIN],
		env: {
			...baseEnvironment(process.env),
			PORT: String(port),
			REPLICA_PORTS: replicas.map(portOf).join(','),
		},
		checkReady: () => checkHttp(`http://127.0.0.1:${port}/health/ready`),
		readyTimeoutMs: 30_000,
		stopSignal: 'SIGTERM',
		stopTimeoutMs: 1_000,
	};
}
