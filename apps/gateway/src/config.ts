import { MAX_PUBLIC_BODY_BYTES, PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import {
	apiKeyPrefixSchema,
	baseConfigSchema,
	type DeprecatedSetting,
	flagSchema,
	httpUrlSchema,
	listSchema,
	loadConfig,
	networksSchema,
	portSchema,
} from '@creatorr/service/config';
import { z } from 'zod';
import { LIMITS, type Limits } from './limit-settings.ts';
import type { CertificateFiles } from './tls/certificate.ts';

function isOrigin(text: string): boolean {
	return URL.canParse(text) && new URL(text).origin === text;
}

const originsSchema = listSchema.refine((origins) => origins.every(isOrigin), {
	error: 'must be origins such as https://app.example.com, separated by commas',
});

const proxiesSchema = networksSchema.transform((list) => ({ isEmpty: list.rules.length === 0, list }));

function secondsSchema(defaultMs: number) {
	return z.coerce
		.number()
		.min(1)
		.max(3_600)
		.default(defaultMs / 1_000);
}

/** The highest cost of an operation. With a smaller burst, that operation would be charged less than its cost. */
const HIGHEST_COST = Math.max(...PUBLIC_OPERATIONS.map(({ cost = 1 }) => cost));

/** Describes what happens to requests beyond a limit of concurrent ones. */
function queueText(maxWaiting: number, waitMs: number): string {
	return `Up to ${maxWaiting} more wait for at most ${waitMs / 1_000} s; others get 429.`;
}

const countSchema = z.coerce.number().int().min(1);

const fieldsSchema = baseConfigSchema.extend({
	PUBLIC_HOST: z
		.string()
		.default('127.0.0.1')
		.meta({ description: 'Address that the public port listens on.' }),
	PUBLIC_PORT: portSchema.meta({ description: 'Public port: `/v1` and the web app.' }),
	PRIVATE_URL: httpUrlSchema.meta({
		description: 'URL under which auth reaches the private port of this process.',
	}),
	AUTH_URL: httpUrlSchema.meta({ description: 'Private port of auth.' }),
	AUTH_CONTROL_URL: httpUrlSchema.meta({
		description: 'Control port of auth.',
	}),
	FILES_URL: httpUrlSchema.meta({ description: 'Private port of files.' }),
	JOBS_URL: httpUrlSchema.meta({ description: 'Private port of jobs.' }),
	BILLING_URL: httpUrlSchema.meta({ description: 'Private port of billing.' }),
	WEBHOOKS_URL: httpUrlSchema.meta({ description: 'Private port of webhooks.' }),
	API_KEY_PREFIX: apiKeyPrefixSchema,
	CORS_ORIGINS: originsSchema.meta({
		description: 'Web origins that may call the API, separated by commas.',
	}),
	WEB_DIR: z
		.string()
		.optional()
		.meta({ description: 'Directory of the built web app. Without it, the gateway serves only the API.' }),
	STORE_ORIGINS: originsSchema.meta({
		description:
			'Origins of presigned URLs, for the content security policy of the web app: the origin of `S3_PUBLIC_ENDPOINT`.',
	}),
	TRUSTED_PROXIES: proxiesSchema.meta({
		description:
			'Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is trusted, separated by commas.',
	}),
	TLS_CERT_FILE: z.string().min(1).optional().meta({
		description:
			'Certificate chain (PEM). The gateway then serves only HTTPS, with HSTS, and reloads renewed files within 10 s. Without it, HTTP.',
	}),
	TLS_KEY_FILE: z.string().min(1).optional().meta({ description: 'Private key of `TLS_CERT_FILE` (PEM).' }),
	TRUST_TRACEPARENT: flagSchema.prefault('false').meta({
		description:
			'`true` continues traces from the `traceparent` header of clients. Use it only if all clients are your own.',
	}),
	HEADERS_TIMEOUT_SECONDS: secondsSchema(LIMITS.headersTimeoutMs).meta({
		description: 'Time limit for the request line and headers.',
	}),
	REQUEST_TIMEOUT_SECONDS: secondsSchema(LIMITS.requestTimeoutMs).meta({
		description: 'Time limit for the whole request, including the body.',
	}),
	KEEP_ALIVE_TIMEOUT_SECONDS: secondsSchema(LIMITS.keepAliveMs).meta({
		description: 'How long an idle connection stays open.',
		deprecatedName: 'KEEP_ALIVE_SECONDS',
	}),
	MAX_BODY_BYTES_PER_NETWORK: countSchema
		.min(MAX_PUBLIC_BODY_BYTES)
		.default(LIMITS.maxBodyBytesPerNetwork)
		.meta({
			description:
				'Maximum size of all request bodies that one IPv4 address or IPv6 /64 sends at a time. An IPv6 /56 may send four times as much, a /48 sixteen times.',
			deprecatedName: 'MAX_BODY_BYTES_PER_ADDRESS',
		}),
	MAX_CONNECTIONS: countSchema.default(LIMITS.connections).meta({
		description:
			'Maximum number of open connections. Near it, new connections replace idle ones. If `ulimit -n` is less than twice as many plus 200, the gateway allows fewer connections.',
	}),
	MAX_CONNECTIONS_PER_NETWORK: countSchema.default(LIMITS.maxConnectionsPerNetwork).meta({
		description:
			'Maximum number of open connections from one IPv4 address or IPv6 /64, except trusted proxies. An IPv6 /56 gets four times as many, a /48 sixteen times.',
		deprecatedName: 'MAX_CONNECTIONS_PER_ADDRESS',
	}),
	ANONYMOUS_CONCURRENT_REQUESTS: countSchema.default(LIMITS.anonymousConcurrentRequests).meta({
		description: `Requests without a token or API key from one IPv4 address or IPv6 /64 at a time; an IPv6 /56 gets four times as many, a /48 sixteen times. ${queueText(LIMITS.anonymousQueuedRequests, LIMITS.anonymousQueueMs)}`,
	}),
	USER_REQUESTS_PER_SECOND: countSchema.default(LIMITS.userRequestsPerSecond).meta({
		description:
			'Average rate of one user at one gateway. Costly operations count as 2 to 10 requests, and every KiB of a body as one more.',
	}),
	USER_REQUEST_BURST: countSchema.min(HIGHEST_COST).default(LIMITS.userRequestBurst).meta({
		description: 'Requests that one user may send at once after a pause.',
	}),
	USER_CONCURRENT_REQUESTS: countSchema.default(LIMITS.userConcurrentRequests).meta({
		description: `Requests of one user at a time, without long polls and event streams. ${queueText(LIMITS.userQueuedRequests, LIMITS.userQueueMs)}`,
	}),
	USER_CONCURRENT_LONG_POLLS: countSchema.default(LIMITS.userConcurrentLongPolls).meta({
		description:
			'Long polls (`?wait=`) and event streams of one user at a time. Those of all users use at most half of `MAX_CONNECTIONS`, divided among their networks.',
		deprecatedName: 'USER_CONCURRENT_WAITS',
	}),
});

export const configSchema = fieldsSchema
	.refine((config) => config.HEADERS_TIMEOUT_SECONDS <= config.REQUEST_TIMEOUT_SECONDS, {
		path: ['REQUEST_TIMEOUT_SECONDS'],
		error: 'must not be less than HEADERS_TIMEOUT_SECONDS',
	})
	.refine((config) => (config.TLS_CERT_FILE === undefined) === (config.TLS_KEY_FILE === undefined), {
		path: ['TLS_CERT_FILE'],
		error: 'must be set together with TLS_KEY_FILE',
	});

export type Config = ReturnType<typeof readConfig>;

function limitsOf(config: z.output<typeof configSchema>): Limits {
	return {
		...LIMITS,
		headersTimeoutMs: config.HEADERS_TIMEOUT_SECONDS * 1_000,
		requestTimeoutMs: config.REQUEST_TIMEOUT_SECONDS * 1_000,
		keepAliveMs: config.KEEP_ALIVE_TIMEOUT_SECONDS * 1_000,
		maxBodyBytesPerNetwork: config.MAX_BODY_BYTES_PER_NETWORK,
		connections: config.MAX_CONNECTIONS,
		maxConnectionsPerNetwork: config.MAX_CONNECTIONS_PER_NETWORK,
		anonymousConcurrentRequests: config.ANONYMOUS_CONCURRENT_REQUESTS,
		userRequestsPerSecond: config.USER_REQUESTS_PER_SECOND,
		userRequestBurst: config.USER_REQUEST_BURST,
		userConcurrentRequests: config.USER_CONCURRENT_REQUESTS,
		userConcurrentLongPolls: config.USER_CONCURRENT_LONG_POLLS,
	};
}

/** Returns the paths of the public port's certificate and key, or undefined when it has none. */
export function certificateFilesOf({
	TLS_CERT_FILE: certFile,
	TLS_KEY_FILE: keyFile,
}: Config): CertificateFiles | undefined {
	return certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
}

/** Reads the environment. Throws a ConfigError that names every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv, onDeprecated?: (setting: DeprecatedSetting) => void) {
	const config = loadConfig(configSchema, env, onDeprecated);
	return { ...config, limits: limitsOf(config) };
}
