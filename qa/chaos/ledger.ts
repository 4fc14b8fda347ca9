import type { Person } from '../driver/client.ts';

export type { Person };

export interface AcceptedJob {
	id: string;
	userId: string;
	token: string;
	key: string;
	tool: string;
	inputFileId: string;
	hasSecret: boolean;
	/** Its input is such that it must fail with this code. */
	failsWith?: string;
	/** A cancellation was asked for: the job may be canceled. */
	mayBeCanceled: boolean;
	/** A cancellation was answered with 200: it must be. */
	isCanceled: boolean;
}

interface AcceptedUpload {
	id: string;
	userId: string;
	token: string;
	sha256: string;
	isDeleted: boolean;
}

/** Something that must not be. */
export interface Violation {
	kind: string;
	what: string;
	details?: Record<string, unknown>;
}

/** An operation that went well from its begin to its end. */
export interface Success {
	kind: string;
	startedAt: number;
	endedAt: number;
}

/** Everything that the product said yes to, and everything that it should not have said. */
export class Ledger {
	readonly jobs = new Map<string, AcceptedJob>();
	readonly uploads = new Map<string, AcceptedUpload>();
	readonly people = new Map<string, Person>();
	/** Tokens whose logout was answered with 204. */
	readonly revoked: string[] = [];
	/** Users whose deletion was answered with 204. */
	readonly deleted = new Map<string, Person>();
	/** Users who paid at least once. */
	readonly payers = new Map<string, Person>();
	readonly violations: Violation[] = [];
	readonly successes: Success[] = [];
	readonly attempts: Record<string, number> = {};

	violate(kind: string, what: string, details?: Record<string, unknown>): void {
		this.violations.push({ kind, what, ...(details ? { details } : {}) });
	}

	countAttempt(status: number | undefined): void {
		const name = String(status ?? 'no answer');
		this.attempts[name] = (this.attempts[name] ?? 0) + 1;
	}

	succeed(kind: string, startedAt: number): void {
		this.successes.push({ kind, startedAt, endedAt: Date.now() });
	}
}
