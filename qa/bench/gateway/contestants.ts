import { join } from 'node:path';
import { newId } from '@creatorr/contracts/ids';
import { getJwks } from '@creatorr/contracts/internal/auth';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import { freePort } from '@creatorr/testing/pgbouncer';
import { BASE_URL } from '../../driver/client.ts';
import { type BenchProcess, benchProcess, startBenchProcess } from '../product/product.ts';
import { scratchRoot } from '../run/scratch.ts';
import { type Server, startServer } from '../run/server.ts';
import { startNginx } from './nginx.ts';

/** As large as a response with one job. */
export const ANSWER = JSON.stringify({ data: { id: 'job_0', status: 'succeeded', note: 'x'.repeat(400) } });
const PATH = `/v1/jobs/${newId('job')}`;
const KEYS_WITHIN_MS = 5_000;

/** A gateway in front of the service. */
export interface Contestant {
	name: string;
	/** URL of a job. */
	url: string;
	/** Whether it rejects requests without a valid token. */
	verifies: boolean;
	/** All processes that handle a request, without the service. */
	pids: readonly number[];
}

/** Limits of a gateway that are beyond the load of one user and address. They are checked nevertheless, and their cost is measured. */
export const HIGH_LIMITS = {
	USER_REQUESTS_PER_SECOND: '1000000',
	USER_REQUEST_BURST: '1000000',
	USER_CONCURRENT_REQUESTS: '1000',
	ANONYMOUS_CONCURRENT_REQUESTS: '1000',
};

/** The configuration that nginx's documentation recommends. */
export const WITH_AUTH_REQUEST = 'nginx with auth_request';

/** The servers of proxies.conf.template, by the name of their port. */
const PROXIES = {
	DOCUMENTED: WITH_AUTH_REQUEST,
	TUNED: `${WITH_AUTH_REQUEST}, tuned`,
	CACHED: `${WITH_AUTH_REQUEST}, tuned, tokens cached`,
	UNCHECKED: 'nginx without any check',
};

/** Starts the product's gateway, and nginx in four configurations. All are in front of the same service, which is another nginx. */
export async function startContestants(nodeFlags: readonly string[]) {
	const gatewayProcess = benchProcess(0);
	const ports = { SERVICE: 0, VERIFIER: 0, DOCUMENTED: 0, TUNED: 0, CACHED: 0, UNCHECKED: 0 };
	for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
	const verifier = await startVerifier(gatewayProcess, ports.VERIFIER);
	const service = await startNginx('service', { ...ports, ANSWER }, ports.SERVICE);
	const nginx = await startNginx('proxies', ports, ports.DOCUMENTED);
	const env = { JOBS_URL: `http://127.0.0.1:${ports.SERVICE}`, ...HIGH_LIMITS };
	const gateway = await startBenchProcess(gatewayProcess, { env, nodeFlags });
	const contestants: Contestant[] = [
		{ name: 'the gateway', url: BASE_URL + PATH, verifies: true, pids: [gateway.pid] },
		...Object.entries(PROXIES).map(([key, name]) => ({
			name,
			url: `http://127.0.0.1:${ports[key as keyof typeof PROXIES]}${PATH}`,
			verifies: key !== 'UNCHECKED',
			pids: [nginx.pid, verifier.pid],
		})),
	];
	const stop = async () => {
		for (const server of [gateway, nginx, service, verifier]) await server.stop();
	};
	return { contestants, stop };
}

async function startVerifier({ env }: BenchProcess, port: number): Promise<Server> {
	const sign = createIdentitySigner('gateway', env.INTERNAL_PRIVATE_KEY ?? '');
	const baseUrl = env.AUTH_URL ?? '';
	const call = createInternalClient({ name: 'auth', baseUrl, sign, timeoutMs: KEYS_WITHIN_MS });
	const { keys } = await call(getJwks);
	return startServer({
		name: 'the verifier',
		command: [process.execPath, join(import.meta.dirname, 'verifier.ts')],
		env: { ...process.env, PORT: String(port), VERIFIER_KEYS: JSON.stringify(keys) },
		logPath: join(scratchRoot(), 'verifier.log'),
		url: `http://127.0.0.1:${port}/`,
	});
}
