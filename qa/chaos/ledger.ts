import type { Person } from '../driver/client.ts';

export interface AcceptedJob {
	id: string;
	userId: string;
	token: string;
	tool: string;
	inputFileId: string;
	/** The error code with which the job may fail. */
	failsWith: string | undefined;
	/** A cancellation was requested: the job may be canceled. */
	mayBeCanceled: boolean;
	/** A cancellation was answered with 200: the job must be canceled. */
	isCanceled: boolean;
}

interface AcceptedUpload {
	id: string;
	userId: string;
	token: string;
	sha256: string;
	isDeleted: boolean;
}

/** Something that breaks a promise. */
export interface Finding {
	/** lost, stuck, doubled, orphaned, … */
	kind: string;
	what: string;
	requestId?: string;
}

export const describeFinding = ({ kind, what, requestId }: Finding): string =>
	[`${kind}: ${what}`, requestId].filter(Boolean).join(' ');

/** An operation that succeeded from its start to its end. */
export interface Success {
	kind: string;
	startedAt: number;
	endedAt: number;
}

/** Everything that the product accepted, and every answer that it must not give. */
export class Ledger {
	readonly jobs = new Map<string, AcceptedJob>();
	readonly uploads = new Map<string, AcceptedUpload>();
	readonly people = new Map<string, Person>();
	/** Tokens whose sign-out was answered with 204. */
	readonly revoked: string[] = [];
	/** Users whose deletion was answered with 204. */
	readonly deleted = new Map<string, Person>();
	/** Users who paid at least once. */
	readonly payers = new Map<string, Person>();
	/** Events that the receiver has handled, by path and id, and how often each arrived. */
	readonly received = new Map<string, { body: string; times: number }>();
	/** The ids of events about jobs that have ended, by path and job. */
	readonly receivedJobs = new Map<string, string>();
	/** Endpoints that receive the end of every job of their user. */
	readonly endpoints: { userId: string; path: string }[] = [];
	readonly violations: Finding[] = [];
	readonly successes: Success[] = [];
	readonly responses: Record<string, number> = {};

	violate(kind: string, what: string, requestId?: string | null): void {
		this.violations.push({ kind, what, ...(requestId && { requestId }) });
	}

	countResponse(status: number | undefined): void {
		const name = String(status ?? 'no response');
		this.responses[name] = (this.responses[name] ?? 0) + 1;
	}
}
