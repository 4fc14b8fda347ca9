import { DEFAULT_API_KEY_PREFIX } from '@creatorr/contracts/api-key-format';
import { z } from 'zod';
import { parseRanges } from '../http/address-ranges.ts';

/** A setting that the environment has under a deprecated name. */
export interface DeprecatedSetting {
	name: string;
	replacement: string;
}

/** Names every wrong variable, and no value. */
export class ConfigError extends Error {
	constructor(issues: readonly z.core.$ZodIssue[], deprecated: readonly DeprecatedSetting[] = []) {
		const lines = issues.map(({ path, message }) => {
			const variable = path.join('.') || 'environment';
			const usedName = deprecated.find(({ replacement }) => replacement === variable)?.name;
			return `  ${variable}${usedName === undefined ? '' : ` (set as ${usedName})`}: ${message}`;
		});
		super(`Invalid configuration:\n${lines.join('\n')}`);
		this.name = 'ConfigError';
	}
}

const fieldMetaSchema = z.object({ deprecatedName: z.string().optional() }).catch({});

/** Returns the settings of a schema that the environment has under their deprecated names. */
function findDeprecated(schema: z.ZodType, env: NodeJS.ProcessEnv): DeprecatedSetting[] {
	const object = schema instanceof z.ZodPipe ? schema.in : schema;
	if (!(object instanceof z.ZodObject)) return [];
	return Object.entries(object.shape as Record<string, z.ZodType>).flatMap(([replacement, field]) => {
		const { deprecatedName: name } = fieldMetaSchema.parse(field.meta());
		if (name === undefined || env[name] === undefined) return [];
		return [{ name, replacement }];
	});
}

/**
 * Reads the environment. Throws a {@link ConfigError} that names every wrong variable at once.
 *
 * A field with `.meta({ deprecatedName })` can also be set by that name, which `onDeprecated` receives. The deprecated name wins: in
 * an environment that services share, the new name may be meant for another service.
 */
export function loadConfig<S extends z.ZodType>(
	schema: S,
	env: NodeJS.ProcessEnv = process.env,
	onDeprecated?: (setting: DeprecatedSetting) => void,
): z.output<S> {
	const deprecated = findDeprecated(schema, env);
	const renamed = Object.fromEntries(deprecated.map(({ name, replacement }) => [replacement, env[name]]));
	const parsed = schema.safeParse(deprecated.length === 0 ? env : { ...env, ...renamed });
	if (!parsed.success) throw new ConfigError(parsed.error.issues, deprecated);
	for (const setting of deprecated) onDeprecated?.(setting);
	return parsed.data;
}

export const portSchema = z.coerce.number().int().min(0).max(65_535);

/** Parses `a, b` as ["a", "b"], and an absent value as an empty list. */
export const listSchema = z
	.string()
	.default('')
	.transform((text) =>
		text
			.split(',')
			.map((item) => item.trim())
			.filter((item) => item !== ''),
	);

/** Parses addresses and CIDR ranges. */
export const networksSchema = listSchema.transform((ranges, context) => {
	try {
		return parseRanges(ranges);
	} catch {
		context.addIssue({ code: 'custom', message: 'must be addresses or CIDR ranges, separated by commas' });
		return z.NEVER;
	}
});

export const flagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

export const httpUrlSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** The setting `*_DATABASE_DIRECT_URL` of a service. */
export const directUrlSchema = z
	.url({ protocol: /^postgres(ql)?$/ })
	.optional()
	.meta({
		description:
			'URL of this service’s database that bypasses PgBouncer or another pooler, for LISTEN, migrations and operator commands. Required if `…_DATABASE_URL` goes through a pooler in transaction mode.',
	});

const jwkSetSchema = z.object({
	keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256') })).min(1),
});

/** The setting `APP_URL`. Its length is bounded because error responses contain it. */
export const appUrlSchema = z
	.url({ protocol: /^https?$/ })
	.max(200)
	.transform((url) => url.replace(/\/+$/, ''))
	.meta({
		description:
			'Public URL of the web app, for links in errors and mails and for redirects from Stripe. Required by auth and billing; without it, links in errors of other services are relative.',
	});

/** The setting `API_KEY_PREFIX`, which auth and the gateways share. */
export const apiKeyPrefixSchema = z
	.string()
	.regex(/^[a-z][a-z0-9]{0,9}_([a-z0-9]{1,9}_)?$/, {
		error: 'must be lower-case words that end with "_", such as acme_live_',
	})
	.default(DEFAULT_API_KEY_PREFIX)
	.meta({
		description:
			'Prefix of API keys. Change it before the first key is created: keys with another prefix stop working.',
	});

/** Settings of every process. */
export const baseConfigSchema = z.object({
	NODE_ENV: z
		.enum(['production', 'development', 'test'])
		.default('production')
		.meta({ description: '`production` rejects settings that are only safe in development.' }),
	LOG_LEVEL: z
		.enum(['error', 'warn', 'info', 'debug'])
		.default('info')
		.meta({ description: 'Least severe level that is logged: `error`, `warn`, `info` or `debug`.' }),
	LOG_FORMAT: z.enum(['json', 'pretty']).optional().meta({
		description:
			'`json` or `pretty`. Without it, `pretty` if `NODE_ENV` is `development` and standard output is a terminal, otherwise `json`.',
	}),
	HOST: z.string().default('127.0.0.1').meta({ description: 'Address that the private port listens on.' }),
	APP_URL: appUrlSchema.optional().meta(appUrlSchema.meta() ?? {}),
	PORT: portSchema.meta({ description: 'Private port: internal routes, health checks and metrics.' }),
	INTERNAL_PRIVATE_KEY: z
		.string()
		.includes('PRIVATE KEY', { error: 'must be a PKCS8 PEM of an EC P-256 key' })
		.meta({
			description: 'Private key (PKCS8 PEM, EC P-256) that signs the identity of calls to other services.',
		}),
	INTERNAL_KEYS: z
		.string()
		.transform((text, context) => {
			try {
				return JSON.parse(text) as unknown;
			} catch {
				context.addIssue({ code: 'custom', message: 'must be a JWK set in JSON' });
				return z.NEVER;
			}
		})
		.pipe(jwkSetSchema)
		.meta({ description: 'Public keys of all services, as a JWK set. Each `kid` is a service name.' }),
});
