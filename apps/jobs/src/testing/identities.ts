import { generateKeyPairSync } from 'node:crypto';
import { createIdentitySigner, type SignIdentity } from '@creatorr/service/identity';

const CALLERS = ['gateway', 'jobs', 'tool-worker', 'billing'] as const;
type Caller = (typeof CALLERS)[number];

export interface Identities {
	sign: Record<Caller, SignIdentity>;
	/** Private key of the jobs service, PEM. */
	privateKey: string;
	/** A JWK set in JSON. */
	keySet: string;
}

/** Generates the keys of jobs and of each of its callers. */
export function makeIdentities(): Identities {
	const pairs = CALLERS.map((caller) => ({ caller, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }));
	const pemOf = (caller: Caller) =>
		pairs
			.find((pair) => pair.caller === caller)
			?.privateKey.export({ type: 'pkcs8', format: 'pem' })
			.toString() ?? '';
	const keys = pairs.map(({ caller, publicKey }) => ({
		...publicKey.export({ format: 'jwk' }),
		kid: caller,
	}));
	return {
		sign: {
			gateway: createIdentitySigner('gateway', pemOf('gateway')),
			jobs: createIdentitySigner('jobs', pemOf('jobs')),
			'tool-worker': createIdentitySigner('tool-worker', pemOf('tool-worker')),
			billing: createIdentitySigner('billing', pemOf('billing')),
		},
		privateKey: pemOf('jobs'),
		keySet: JSON.stringify({ keys }),
	};
}
