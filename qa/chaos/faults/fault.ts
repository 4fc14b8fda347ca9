/** What is broken. */
export const PROCESSES = [
	...['tool-worker', 'tool-worker-2', 'jobs', 'files', 'auth', 'billing', 'gateway', 'gateway-2'],
	...['postgres', 'rabbitmq', 's3', 'stripe'],
] as const;

const APPS = ['jobs', 'files', 'auth', 'billing'] as const;
const WORKERS = ['tool-worker', 'tool-worker-2'] as const;
const GATEWAYS = ['gateway', 'gateway-2'] as const;

/** Named after the two that it lies between. */
export const LINKS: readonly string[] = [
	...APPS.flatMap((app) => [`${app}-postgres`, `${app}-rabbitmq`]),
	...WORKERS.flatMap((worker) => [`${worker}-rabbitmq`, `${worker}-jobs`, `${worker}-files`]),
	...GATEWAYS.flatMap((gateway) => [
		...[`auth-${gateway}`, `${gateway}-auth-control`],
		...APPS.map((app) => `${gateway}-${app}`),
	]),
	...['files-s3', 'clients-s3', 'jobs-files', 'billing-stripe', 'billing-auth', 'stripe-gateway'],
];

/** How. `lose` is over at once: what it did to the connections that there were is never undone. */
export type FaultKind = 'kill' | 'freeze' | 'restart' | 'cut' | 'slow' | 'silent' | 'lose';

export interface Fault {
	/** Counts all faults of a run from 0. */
	number: number;
	round: number;
	/** After the begin of its round. */
	atMs: number;
	kind: FaultKind;
	/** A process or a link. */
	target: string;
	/** Until it is undone; 0 for what nobody has to undo. */
	durationMs: number;
	/** Of each piece of data, when slow. */
	delayMs: number;
}
