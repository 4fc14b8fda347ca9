import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { startService } from '@creatorr/service/define-service';
import type { Logger } from '@creatorr/service/logger';
import { portOf } from '@creatorr/service/process';
import { readConfig } from '../config.ts';
import type { Limits } from '../limit-settings.ts';
import type { GatewayLimit } from '../requests/rate-limited.ts';
import { gateway } from '../service.ts';
import type { FakeAuth } from './fake-auth.ts';
import { newKeys } from './keys.ts';

const ignore = () => undefined;
/** A logger that writes nothing. */
export const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Starts a service with the test's handler. */
export async function startUpstream(handler: RequestListener) {
	const server: Server = createServer({ keepAliveTimeout: 65_000 }, handler);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		server,
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close(): Promise<void> {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Returns a port on which nothing listens. */
export async function freePort(): Promise<number> {
	const server = createTcpServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Within the timeout of a test. A process takes several seconds to start on a busy machine. */
const WAIT_MS = 25_000;

/** Waits until the condition holds. Throws after {@link WAIT_MS}. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
	const deadlineMs = performance.now() + WAIT_MS;
	while (!(await condition())) {
		if (performance.now() > deadlineMs) throw new Error('the condition did not hold in time');
		await delay(10);
	}
}

interface Options {
	auth: FakeAuth;
	jobsUrl?: string;
	filesUrl?: string;
	authUrl?: string;
	env?: NodeJS.ProcessEnv;
	limits?: Partial<Limits>;
	logger?: Logger;
	/** Resolves before the gateway can serve authenticated requests. */
	early?: boolean;
}

/** Starts the gateway as main.ts does, in this process. */
export async function startTestGateway(options: Options) {
	const { auth } = options;
	const keys = newKeys();
	const privatePort = await freePort();
	const privateUrl = `http://127.0.0.1:${privatePort}`;
	const config = readConfig({
		NODE_ENV: 'test',
		LOG_LEVEL: 'error',
		PORT: String(privatePort),
		PUBLIC_PORT: '0',
		PRIVATE_URL: privateUrl,
		INTERNAL_PRIVATE_KEY: keys.pem,
		INTERNAL_KEYS: JSON.stringify({ keys: [keys.jwk('gateway'), auth.identityKeys.jwk('auth')] }),
		AUTH_URL: options.authUrl ?? auth.url,
		AUTH_CONTROL_URL: options.authUrl ?? auth.url,
		FILES_URL: options.filesUrl ?? auth.url,
		JOBS_URL: options.jobsUrl ?? auth.url,
		BILLING_URL: auth.url,
		WEBHOOKS_URL: auth.url,
		...options.env,
	});
	const limits = { ...config.limits, refusalDelayMs: 0, ...options.limits };
	const { deps, stop } = await startService(gateway, {
		config: { ...config, limits },
		logger: options.logger ?? SILENT,
	});
	const publicPort = portOf(deps.publicServer);
	if (!options.early) await waitUntil(async () => (await fetch(`${privateUrl}/health/ready`)).ok);
	return {
		stop,
		publicPort,
		publicServer: deps.publicServer,
		keys,
		privateUrl,
		url: `http://127.0.0.1:${publicPort}`,
		/** Returns the current instance id, as auth knows it. */
		instanceId: () => [...auth.leases].findLast(([, url]) => url === privateUrl)?.[0] ?? '',
	};
}

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;

export function bearer(token: string): { Authorization: string } {
	return { Authorization: `Bearer ${token}` };
}

/** Returns how many requests this gateway's process has refused because of a limit. */
export async function limitedRequests(
	{ privateUrl }: TestGateway,
	limit: GatewayLimit | `plan_${RateLimitPolicy}`,
): Promise<number> {
	const metrics = await (await fetch(`${privateUrl}/metrics`)).text();
	const count = new RegExp(`^creatorr_gateway_requests_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm');
	return Number(count.exec(metrics)?.[1] ?? 0);
}
