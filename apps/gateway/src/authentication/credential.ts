import type { BlockList } from 'node:net';
import type { Plan } from '@creatorr/contracts/plans';

/** What all credentials have. */
interface Authenticated {
	userId: string;
	/** Id in revocations: the id of a session, or the SHA-256 of an API key. */
	credentialId: string;
	/** `Infinity` for an API key that doesn't expire. */
	expiresAtMs: number;
}

/** The session of a verified token of auth. */
export interface Session extends Authenticated {
	kind: 'session';
}

/** An API key that auth knows. */
export interface ApiKey extends Authenticated {
	kind: 'key';
	keyId: string;
	scopes: ReadonlySet<string>;
	/** The tools that it may create jobs with; null: every tool. */
	tools: readonly string[] | null;
	/** The addresses that it works from; null: every address. */
	allowedIps: BlockList | null;
	/** Plan of its user, as of the last check at auth. */
	plan: Plan;
	/** Whether its first successful use starts the grace period of the key that it replaces. Auth doesn't know of that use yet. */
	startsGracePeriod: boolean;
}

/** Who sends a request. */
export type Credential = Session | ApiKey;
