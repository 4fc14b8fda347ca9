import type { RateLimitPolicy } from '@creatorr/contracts/rate-limits';
import { startService } from '@creatorr/service/define-service';
import type { Logger } from '@creatorr/service/logger';
import { portOf } from '@creatorr/service/process';
import { silent } from '@creatorr/testing/silent';
import { readConfig } from '../config.ts';
import type { Limits } from '../limit-settings.ts';
import type { GatewayLimit } from '../requests/rate-limited.ts';
import { gateway } from '../service.ts';
import type { FakeAuth } from './fake-auth.ts';
import { newKeys } from './keys.ts';
import { freePort } from './upstream.ts';
import { waitUntil } from './wait-until.ts';

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
		logger: options.logger ?? silent,
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

/** Returns how many requests this gateway's process has refused because of a limit. */
export async function limitedRequests(
	{ privateUrl }: TestGateway,
	limit: GatewayLimit | `plan_${RateLimitPolicy}`,
): Promise<number> {
	const metrics = await (await fetch(`${privateUrl}/metrics`)).text();
	const count = new RegExp(`^creatorr_gateway_requests_limited_total\\{limit="${limit}"\\} (\\d+)$`, 'm');
	return Number(count.exec(metrics)?.[1] ?? 0);
}
