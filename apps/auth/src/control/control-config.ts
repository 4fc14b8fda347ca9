import type { Config } from '../config.ts';

/** What the control thread gets of the settings of auth. */
export function controlConfigOf(config: Config) {
	const { NODE_ENV, LOG_LEVEL, HOST, CONTROL_PORT, INTERNAL_KEYS, INTERNAL_PRIVATE_KEY } = config;
	const { AUTH_DATABASE_URL, AUTH_DATABASE_DIRECT_URL, CONTROL_DATABASE_POOL_SIZE, GATEWAY_LEASE_MS } =
		config;
	return {
		...{
			NODE_ENV,
			LOG_LEVEL,
			HOST,
			PORT: CONTROL_PORT,
			INTERNAL_KEYS,
			INTERNAL_PRIVATE_KEY,
			GATEWAY_LEASE_MS,
		},
		// Past a pooler: in a pooler they would wait behind public requests, and one in transaction mode refuses the statement timeout.
		databaseUrl: AUTH_DATABASE_DIRECT_URL ?? AUTH_DATABASE_URL,
		poolSize: CONTROL_DATABASE_POOL_SIZE,
	};
}

export type ControlConfig = ReturnType<typeof controlConfigOf>;
