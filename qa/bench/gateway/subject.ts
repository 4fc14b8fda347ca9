import { join } from 'node:path';
import { getJwks } from '@creatorr/contracts/internal';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Product } from '../product/environment.ts';
import { type HeldProcess, readHeld, startHeld } from '../product/held-processes.ts';
import { type Child, startChild } from '../run/child.ts';
import { freePort } from '../run/free-port.ts';
import { scratchRoot } from '../run/scratch.ts';
import { BenchError } from '../say.ts';
import { startNginx } from './nginx.ts';

/** About as long as the answer about a job. */
const ANSWER = JSON.stringify({ data: { id: 'job_0', status: 'succeeded', note: 'x'.repeat(400) } });
const KEYS_WITHIN_MS = 5_000;

/** Something that stands before the service. */
export interface Subject {
	name: string;
	url: string;
	/** Whether it lets nobody through without a valid token. */
	verifies: boolean;
	/** Of all processes that a request takes here, but for the service's own. */
	pids: readonly number[];
}

/** The load comes from one user and one address. The limits are checked all the same: what they cost is measured. */
const NO_USER_LIMITS = {
	USER_REQUESTS_PER_SECOND: '1000000',
	USER_REQUEST_BURST: '1000000',
	USER_CONCURRENT_REQUESTS: '1000',
	ANONYMOUS_CONCURRENT_REQUESTS: '1000',
};

export interface Field {
	gateway: Subject;
	others: Subject[];
	stop(): Promise<void>;
}

/** As its documentation shows it; tuned, it keeps its connections to service and verifier. */
export const WITH_AUTH_REQUEST = 'nginx with auth_request';

async function keysOf({ env }: HeldProcess): Promise<readonly unknown[]> {
	const sign = createIdentitySigner('gateway', env.INTERNAL_PRIVATE_KEY ?? '');
	const baseUrl = env.AUTH_URL ?? '';
	const call = createInternalClient({ name: 'auth', baseUrl, sign, timeoutMs: KEYS_WITHIN_MS });
	return (await call(getJwks)).keys;
}

async function startVerifier(held: HeldProcess): Promise<{ child: Child; port: number }> {
	const port = await freePort();
	const child = await startChild({
		name: 'the verifier',
		command: [process.execPath, join(import.meta.dirname, 'verifier.ts')],
		env: { ...process.env, PORT: String(port), VERIFIER_KEYS: JSON.stringify(await keysOf(held)) },
		logPath: join(scratchRoot(), 'verifier.log'),
		url: `http://127.0.0.1:${port}/`,
	});
	return { child, port };
}

/**
 * The gateway, as the product starts it, and nginx in four ways, all before the same service: one more nginx, whose answer
 * costs the least.
 */
export async function startField(product: Product, nodeFlags: readonly string[]): Promise<Field> {
	const held = readHeld(product).find(({ name }) => name === 'gateway');
	if (!held) throw new BenchError('there is no gateway to start');
	const service = await freePort();
	const [checking, tuned] = [await freePort(), await freePort()];
	const [remembering, plain] = [await freePort(), await freePort()];
	const verifier = await startVerifier(held);
	const upstream = await startNginx({
		directory: join(scratchRoot(), 'service'),
		servers: [{ port: service, answers: ANSWER }],
	});
	const asks = { port: verifier.port, path: '/' };
	const nginx = await startNginx({
		directory: join(scratchRoot(), 'nginx'),
		servers: [
			{ port: checking, passesTo: service, asks, keepsConnections: false },
			{ port: tuned, passesTo: service, asks, keepsConnections: true },
			{
				...{ port: remembering, passesTo: service, keepsConnections: true },
				asks: { ...asks, path: '/remembering' },
			},
			{ port: plain, passesTo: service, keepsConnections: true },
		],
	});
	const env = { JOBS_URL: `http://127.0.0.1:${service}`, ...NO_USER_LIMITS };
	const gateway = await startHeld(product, held, { env, nodeFlags });
	const pids = [nginx.pid, verifier.child.pid];
	const at = (port: number) => `http://127.0.0.1:${port}`;
	return {
		gateway: { name: 'the gateway', url: product.apiUrl, verifies: true, pids: [gateway.pid] },
		others: [
			{ name: WITH_AUTH_REQUEST, url: at(checking), verifies: true, pids },
			{ name: `${WITH_AUTH_REQUEST}, tuned`, url: at(tuned), verifies: true, pids },
			{ name: `${WITH_AUTH_REQUEST}, tuned, tokens remembered`, url: at(remembering), verifies: true, pids },
			{ name: 'nginx without any check', url: at(plain), verifies: false, pids },
		],
		async stop() {
			for (const child of [gateway, nginx, upstream, verifier.child]) await child.stop();
		},
	};
}
