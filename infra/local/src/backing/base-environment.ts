import { ownershipMark } from '../supervisor/ownership.ts';

/** Variables that no process inherits: secrets, addresses, and variables of npm, tests and servers. */
const NOT_INHERITED =
	/^(npm_|TEST_|[A-Z]+_DATABASE_(DIRECT_)?URL$|AMQP_URL$|S3_|STRIPE_|SMTP_|INTERNAL_|AUTH_KEY_|CREATORR_|NODE_OPTIONS$|RABBITMQ_|ERL_|PG)/;

/**
 * Returns the variables that every process inherits: those of the machine, and settings such as limits. Secrets and addresses are
 * left out, because each process gets only its own.
 */
export function baseEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
	const base: Record<string, string> = {};
	for (const [name, value] of Object.entries(environment)) {
		if (value !== undefined && !NOT_INHERITED.test(name)) base[name] = value;
	}
	return base;
}

/** Returns the environment of a program: inherited variables, `variables`, and the mark by which the home's processes are found. */
export function programEnvironment(
	homeRoot: string,
	variables: Record<string, string> = {},
): Record<string, string> {
	return { ...baseEnvironment(), ...variables, ...ownershipMark(homeRoot) };
}
