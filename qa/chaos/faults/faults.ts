import { setTimeout as sleep } from 'node:timers/promises';
import { requireVariable } from '../../driver/environment.ts';
import { descendantsOf, pidOf } from '../../driver/processes.ts';

export const PROCESSES: readonly string[] = [
	...['tool-worker', 'tool-worker-2', 'jobs', 'files', 'auth', 'billing', 'webhooks', 'gateway', 'gateway-2'],
	...['postgres', 'rabbitmq', 's3', 'stripe'],
];

const APPS = ['jobs', 'files', 'auth', 'billing', 'webhooks'];
const WORKERS = ['tool-worker', 'tool-worker-2'];
const GATEWAYS = ['gateway', 'gateway-2'];

/** Named after the two processes that a link connects. */
export const LINKS: readonly string[] = [
	...APPS.flatMap((app) => [`${app}-postgres`, `${app}-rabbitmq`]),
	...WORKERS.flatMap((worker) => [`${worker}-rabbitmq`, `${worker}-jobs`, `${worker}-files`]),
	...GATEWAYS.flatMap((gateway) => [
		...[`auth-${gateway}`, `${gateway}-auth-control`],
		...APPS.map((app) => `${gateway}-${app}`),
	]),
	...['files-s3', 'clients-s3', 'jobs-files', 'billing-stripe'],
	...['billing-auth', 'webhooks-auth', 'stripe-gateway'],
];

/** The first three are of processes, the others of links. */
export type FaultKind = 'kill' | 'restart' | 'freeze' | 'cut' | 'slow' | 'silent' | 'lose';

export interface Fault {
	/** Counts all faults of a run from 0. */
	number: number;
	round: number;
	/** After the start of its round. */
	atMs: number;
	kind: FaultKind;
	/** A process or a link. */
	target: string;
	/** Time until the fault is undone; 0 for one that is never undone. */
	durationMs: number;
	/** Delay of each piece of data on a slow link. */
	delayMs: number;
}

/** Each kind of fault: its minimum and maximum duration, and a function that injects it and resolves once it is undone. */
export const FAULTS: Readonly<
	Record<FaultKind, { lastsMs: [least: number, most: number]; inject(fault: Fault): Promise<unknown> }>
> = {
	kill: { lastsMs: [0, 0], inject: ({ target }) => end(target, 'SIGKILL') },
	restart: { lastsMs: [0, 0], inject: ({ target }) => end(target, stopSignal(target)) },
	freeze: { lastsMs: [500, 6_000], inject: freeze },
	cut: { lastsMs: [300, 5_000], inject: disturb },
	slow: { lastsMs: [1_000, 5_000], inject: disturb },
	silent: { lastsMs: [1_000, 8_000], inject: disturb },
	// Its effect on open connections is never undone.
	lose: { lastsMs: [0, 0], inject: ({ target }) => configureLink(target, { lose: true }) },
};

/** The signal that the supervisor sends. On SIGTERM, Postgres would wait for its clients. */
const stopSignal = (target: string) => (target === 'postgres' ? 'SIGINT' : 'SIGTERM');

const end = async (target: string, name: NodeJS.Signals) => signal([await pidOf(target)], name);

/** Freezes all processes of Postgres, the first of which does no work. */
async function freeze({ target, durationMs }: Fault): Promise<void> {
	const pid = await pidOf(target);
	const pids = target === 'postgres' ? [pid, ...(await descendantsOf(pid))] : [pid];
	signal(pids, 'SIGSTOP');
	await sleep(durationMs);
	signal(pids, 'SIGCONT');
}

function signal(pids: number[], name: NodeJS.Signals): void {
	for (const pid of pids) {
		try {
			process.kill(pid, name);
		} catch {
			// It has ended.
		}
	}
}

async function disturb({ target, kind, delayMs, durationMs }: Fault): Promise<void> {
	await configureLink(target, { state: kind, delay_ms: delayMs });
	await sleep(durationMs);
	await repairLink(target);
}

/** Makes a link work, whatever an earlier run did to it. */
export const repairLink = (link: string) => configureLink(link, { state: 'whole' });

async function configureLink(link: string, order: object): Promise<void> {
	const request = { method: 'POST', body: JSON.stringify(order) };
	const response = await fetch(`${requireVariable('TEST_LINKS_URL')}/${link}`, request);
	if (!response.ok) throw new Error(`can't configure the link ${link}: ${await response.text()}`);
}
