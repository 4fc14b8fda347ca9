import { ownershipMark } from '../supervisor/ownership.ts';

const OURS =
	/^(npm_|TEST_|[A-Z]+_DATABASE_(DIRECT_)?URL$|AMQP_URL$|S3_|STRIPE_|SMTP_|INTERNAL_|AUTH_KEY_|CREATORR_|NODE_OPTIONS$|INIT_CWD$|RABBITMQ_|ERL_|PG)/;

/**
 * Returns what every process inherits of our own environment: the machine's settings and the tunables a person set, but no
 * secret and no address, since each process is given exactly its own.
 */
export function baseEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const base: Record<string, string> = {};
	for (const [name, value] of Object.entries(environment)) {
		if (value !== undefined && !OURS.test(name)) base[name] = value;
	}
	return base;
}

/** Returns the environment of a program that ends with the home: the base, the mark of the home, and `variables`. */
export function programEnvironment(
	homeRoot: string,
	variables: Record<string, string> = {},
): Record<string, string> {
	return { ...baseEnvironment(), ...variables, ...ownershipMark(homeRoot) };
}
