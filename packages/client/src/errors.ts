import type { components } from './generated/api.ts';
import { API_ERRORS } from './generated/errors.ts';

/** Error codes of the API. */
export type ErrorCode = components['schemas']['Error']['error']['code'];
/** Error codes of jobs. */
export type JobErrorCode = NonNullable<components['schemas']['Job']['error_code']>;

export interface ErrorDetail {
	/** Path of the field, such as `params.quality`. */
	path: string;
	message: string;
}

/** The API returned an error. The `code` is part of the contract; the message is for people and may change. */
export class ApiError extends Error {
	override readonly name = 'ApiError';
	readonly code: ErrorCode;
	/** HTTP status. */
	readonly status: number;
	/** Names the request in logs and support cases. */
	readonly requestId: string;
	/** On `validation`: the first wrong fields and what is wrong with each. */
	readonly details: readonly ErrorDetail[];
	/** Number of all wrong fields. `details` has at most 20 of them. */
	readonly detailsTotal: number;
	/** From `Retry-After`, if the API sent it. */
	readonly retryAfterMs: number | undefined;
	/** The rate limits of the plan that refused the request, such as `jobs`. Empty if another limit did, or none. */
	readonly violatedPolicies: readonly string[];
	/** Whether the same request may succeed when it is repeated. */
	readonly retryable: boolean;
	/** The docs page about the code. Undefined if the API is older than this client. */
	readonly docsUrl: string | undefined;

	/** @param init its `retryable` is by default that of the code in this release */
	constructor(
		message: string,
		init: Pick<ApiError, 'code' | 'status' | 'requestId' | 'details' | 'retryAfterMs'> & {
			detailsTotal?: number | undefined;
			violatedPolicies?: readonly string[] | undefined;
			retryable?: boolean | undefined;
			docsUrl?: string | undefined;
		},
	) {
		super(message);
		this.code = init.code;
		this.status = init.status;
		this.requestId = init.requestId;
		this.details = init.details;
		this.detailsTotal = init.detailsTotal ?? init.details.length;
		this.retryAfterMs = init.retryAfterMs;
		this.violatedPolicies = init.violatedPolicies ?? [];
		this.retryable = init.retryable ?? API_ERRORS[init.code]?.retryable ?? false;
		this.docsUrl = init.docsUrl;
	}
}

/** No API response: offline, unknown host, broken connection, or a server that is not the API. */
export class ConnectionError extends Error {
	override readonly name = 'ConnectionError';
}

/** The store refused an upload or download. */
export class StoreError extends Error {
	override readonly name = 'StoreError';
	/** HTTP status. */
	readonly status: number;
	/** From `Retry-After`, if the store sent it. */
	readonly retryAfterMs: number | undefined;

	constructor(message: string, init: { status: number; retryAfterMs?: number | undefined }) {
		super(message);
		this.status = init.status;
		this.retryAfterMs = init.retryAfterMs;
	}
}
