import { BlockList, isIP, isIPv6 } from 'node:net';
import {
	baseConfigSchema,
	httpUrlSchema,
	listSchema,
	loadConfig,
	portSchema,
} from '@creatorr/service/config';
import { z } from 'zod';

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

export const configSchema = baseConfigSchema.extend({
	PUBLIC_HOST: z.string().default('127.0.0.1').meta({ description: 'address of the public port' }),
	PUBLIC_PORT: portSchema.meta({ description: 'the public port: /v1 and nothing else' }),
	PRIVATE_URL: httpUrlSchema.meta({ description: 'how auth reaches the private port of this very process' }),
	AUTH_URL: httpUrlSchema,
	FILES_URL: httpUrlSchema,
	JOBS_URL: httpUrlSchema,
	BILLING_URL: httpUrlSchema,
	CORS_ORIGINS: originsSchema.meta({ description: 'web origins that may call the API; none by default' }),
	TRUSTED_PROXIES: proxiesSchema.meta({
		description: 'addresses and CIDR ranges of the proxies whose X-Forwarded-For counts; none by default',
	}),
});

export type Config = z.output<typeof configSchema>;

/** Reads the environment; throws ConfigError that names every wrong variable. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
	return loadConfig(configSchema, env);
}
