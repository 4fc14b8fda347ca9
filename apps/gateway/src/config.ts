import { BlockList, isIP, isIPv6 } from 'node:net';
import { MAX_PUBLIC_BODY_BYTES, PUBLIC_OPERATIONS } from '@creatorr/contracts/operations';
import {
	baseConfigSchema,
	flagSchema,
	httpUrlSchema,
	listSchema,
	loadConfig,
	portSchema,
} from '@creatorr/service/config';
import { z } from 'zod';
import { LIMITS, type Limits } from './limits/limits.ts';
import type { CertificateFiles } from './tls/certificate.ts';

function isOrigin(text: string): boolean {
	return URL.canParse(text) && new URL(text).origin === text;
}

/** Adds an address or a range such as 10.0.0.0/8; false when it is neither. */
function addRange(list: BlockList, text: string): boolean {
	const [address = '', bits, ...more] = text.split('/');
	if (!isIP(address) || more.length > 0) return false;
	const family = isIPv6(address) ? 'ipv6' : 'ipv4';
	const widest = family === 'ipv6' ? 128 : 32;
	if (bits === undefined) {
		list.addAddress(address, family);
		return true;
	}
	if (!/^\d{1,3}$/.test(bits) || Number(bits) > widest) return false;
	list.addSubnet(address, Number(bits), family);
	return true;
}

const originsSchema = listSchema.refine((origins) => origins.every(isOrigin), {
	error: 'must be origins such as https://app.example.com, separated by commas',
});

const proxiesSchema = listSchema.transform((ranges, context) => {
	const list = new BlockList();
	for (const range of ranges) {
		if (addRange(list, range)) continue;
		context.addIssue({ code: 'custom', message: 'must be addresses or CIDR ranges, separated by commas' });
		return z.NEVER;
	}
	return { isEmpty: ranges.length === 0, list };
});

function secondsSchema(defaultMs: number) {
	return z.coerce
		.number()
		.min(1)
		.max(3_600)
		.default(defaultMs / 1_000);
}

/** Of all operations: a smaller burst would refuse that operation forever. */
const HIGHEST_COST = Math.max(...PUBLIC_OPERATIONS.map(({ cost = 1 }) => cost));

const countSchema = z.coerce.number().int().min(1);

const fieldsSchema = baseConfigSchema.extend({
	PUBLIC_HOST: z.string().default('127.0.0.1').meta({ description: 'address of the public port' }),
	PUBLIC_PORT: portSchema.meta({ description: 'the public port: /v1 and the web app' }),
	PRIVATE_URL: httpUrlSchema.meta({ description: 'how auth reaches the private port of this very process' }),
	AUTH_URL: httpUrlSchema,
	AUTH_CONTROL_URL: httpUrlSchema.meta({
		description: 'the control port of auth: leases, session checks, keys of tokens',
	}),
	FILES_URL: httpUrlSchema,
	JOBS_URL: httpUrlSchema,
	BILLING_URL: httpUrlSchema,
	CORS_ORIGINS: originsSchema.meta({ description: 'web origins that may call the API; none by default' }),
	WEB_DIR: z
		.string()
		.optional()
		.meta({ description: 'the build of apps/web, served at /; without it there is the API alone' }),
	STORE_ORIGINS: originsSchema.meta({
		description: 'where presigned URLs lead, which the pages may send to; the origin of S3_PUBLIC_ENDPOINT',
	}),
	TRUSTED_PROXIES: proxiesSchema.meta({
		description: 'addresses and CIDR ranges of the proxies whose X-Forwarded-For counts; none by default',
	}),
	TLS_CERT_FILE: z.string().min(1).optional().meta({
		description:
			'the certificate chain in PEM, for a gateway that faces clients itself; without it the public port speaks HTTP',
	}),
	TLS_KEY_FILE: z
		.string()
		.min(1)
		.optional()
		.meta({ description: 'the private key of TLS_CERT_FILE in PEM; both are read again while it runs' }),
	TRUST_TRACEPARENT: flagSchema.default(false).meta({
		description:
			'true goes on with the traces that clients’ traceparent headers name; only where all clients are your own',
	}),
	MAX_HEADER_BYTES: countSchema
		.max(LIMITS.headerBytes)
		.default(LIMITS.headerBytes)
		.meta({ description: 'of the head of a request, its URL included; the services take no more' }),
	MAX_HEADER_COUNT: countSchema.default(LIMITS.headerCount),
	HEADERS_TIMEOUT_SECONDS: secondsSchema(LIMITS.headersTimeoutMs).meta({
		description: 'for the head of a request, from its first byte or from the connection',
	}),
	REQUEST_TIMEOUT_SECONDS: secondsSchema(LIMITS.requestTimeoutMs).meta({
		description: 'for a whole request, head and body, to arrive',
	}),
	KEEP_ALIVE_SECONDS: secondsSchema(LIMITS.keepAliveMs).meta({
		description: 'how long a connection is kept for another request',
	}),
	MAX_BODY_BYTES_PER_ADDRESS: countSchema
		.min(MAX_PUBLIC_BODY_BYTES)
		.default(LIMITS.bodyBytesPerAddress)
		.meta({ description: 'of all request bodies together that one address has under way at a time' }),
	MAX_CONNECTIONS: countSchema.default(LIMITS.connections).meta({
		description:
			'open at a time; near it new ones replace idle ones; lowered to what the process may open (half of ulimit -n)',
	}),
	MAX_CONNECTIONS_PER_ADDRESS: countSchema.default(LIMITS.connectionsPerAddress).meta({
		description: 'open at a time from one IPv4 address or one IPv6 /64; trusted proxies are not counted',
	}),
	ANONYMOUS_CONCURRENT_REQUESTS: countSchema.default(LIMITS.anonymousConcurrentRequests).meta({
		description:
			'without a session, from one address or one IPv6 /64 at a time; further ones wait for up to 2 seconds',
	}),
	USER_REQUESTS_PER_SECOND: countSchema.default(LIMITS.userRequestsPerSecond).meta({
		description:
			'that one user may send to one gateway on average; some operations count as several requests',
	}),
	USER_REQUEST_BURST: countSchema.min(HIGHEST_COST).default(LIMITS.userRequestBurst).meta({
		description: 'that one user may send at once after a pause',
	}),
	USER_CONCURRENT_REQUESTS: countSchema.default(LIMITS.userConcurrentRequests).meta({
		description: 'of one user at a time; further ones wait for up to half a second',
	}),
	USER_CONCURRENT_WAITS: countSchema.default(LIMITS.userConcurrentWaits).meta({
		description: '?wait= and event streams of one user at a time',
	}),
});

export const configSchema = fieldsSchema
	.refine((config) => config.HEADERS_TIMEOUT_SECONDS <= config.REQUEST_TIMEOUT_SECONDS, {
		path: ['REQUEST_TIMEOUT_SECONDS'],
		error: 'must not be less than HEADERS_TIMEOUT_SECONDS',
	})
	.refine((config) => (config.TLS_CERT_FILE === undefined) === (config.TLS_KEY_FILE === undefined), {
		path: ['TLS_CERT_FILE'],
		error: 'must come together with TLS_KEY_FILE',
	});

export type Config = ReturnType<typeof readConfig>;

function limitsOf(config: z.output<typeof configSchema>): Limits {
	return {
		...LIMITS,
		headerBytes: config.MAX_HEADER_BYTES,
		headerCount: config.MAX_HEADER_COUNT,
		headersTimeoutMs: config.HEADERS_TIMEOUT_SECONDS * 1_000,
		requestTimeoutMs: config.REQUEST_TIMEOUT_SECONDS * 1_000,
		keepAliveMs: config.KEEP_ALIVE_SECONDS * 1_000,
		bodyBytesPerAddress: config.MAX_BODY_BYTES_PER_ADDRESS,
		connections: config.MAX_CONNECTIONS,
		connectionsPerAddress: config.MAX_CONNECTIONS_PER_ADDRESS,
		anonymousConcurrentRequests: config.ANONYMOUS_CONCURRENT_REQUESTS,
		userRequestsPerSecond: config.USER_REQUESTS_PER_SECOND,
		userRequestBurst: config.USER_REQUEST_BURST,
		userConcurrentRequests: config.USER_CONCURRENT_REQUESTS,
		userConcurrentWaits: config.USER_CONCURRENT_WAITS,
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
export function readConfig(env: NodeJS.ProcessEnv) {
	const config = loadConfig(configSchema, env);
	return { ...config, limits: limitsOf(config) };
}
