import { z } from 'zod';

/** The process refuses to start; the message names every wrong variable, never a value. */
export class ConfigError extends Error {
	constructor(issues: readonly z.core.$ZodIssue[]) {
		const lines = issues.map((issue) => `  ${issue.path.join('.') || 'environment'}: ${issue.message}`);
		super(`Invalid configuration:\n${lines.join('\n')}`);
		this.name = 'ConfigError';
	}
}

/** Reads the environment once, at boot. Throws {@link ConfigError} that names every wrong variable at once. */
export function loadConfig<S extends z.ZodType>(
	schema: S,
	env: NodeJS.ProcessEnv = process.env,
): z.output<S> {
	const parsed = schema.safeParse(env);
	if (!parsed.success) throw new ConfigError(parsed.error.issues);
	return parsed.data;
}

export const portSchema = z.coerce.number().int().min(0).max(65_535);

/** `a, b` as ["a", "b"]; absent as none. */
export const listSchema = z
	.string()
	.default('')
	.transform((text) =>
		text
			.split(',')
			.map((item) => item.trim())
			.filter((item) => item !== ''),
	);

export const flagSchema = z.enum(['true', 'false']).transform((text) => text === 'true');

export const httpUrlSchema = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** A service's `*_DATABASE_DIRECT_URL`. */
export const directUrlSchema = z
	.url({ protocol: /^postgres(ql)?$/ })
	.optional()
	.meta({
		description:
			'The same database without the connection pooler, for LISTEN, migrations and operator commands. Required if the other URL leads to a pooler in transaction mode.',
	});

const jwkSetSchema = z.object({
	keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256') })).min(1),
});

/** What every process reads. */
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
