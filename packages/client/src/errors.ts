import type { components } from './generated/api.ts';

/** What the API calls its errors. */
export type ErrorCode = components['schemas']['Error']['error']['code'];
/** Why a job failed. */
export type JobErrorCode = NonNullable<components['schemas']['Job']['error_code']>;

export interface ErrorDetail {
	/** A string such as `params.quality`. */
	path: string;
	message: string;
}

/** The API answered with an error. Its `code` is the contract; its message is for people, and may change. */
export class ApiError extends Error {
	override readonly name = 'ApiError';
	readonly code: ErrorCode;
	/** Of HTTP. */
	readonly status: number;
	/** What to name when asking about it. */
	readonly requestId: string;
	/** What is wrong with which field, on `validation`. */
	readonly details: readonly ErrorDetail[];
	/** How much is wrong in all: `details` has at most 20. */
	readonly detailsTotal: number;
	/** When trying again makes sense, where the API said so. */
	readonly retryAfterMs: number | undefined;

	constructor(
		message: string,
		given: Pick<ApiError, 'code' | 'status' | 'requestId' | 'details' | 'retryAfterMs'> & {
			detailsTotal?: number | undefined;
		},
	) {
		super(message);
		this.code = given.code;
		this.status = given.status;
		this.requestId = given.requestId;
		this.details = given.details;
		this.detailsTotal = given.detailsTotal ?? given.details.length;
		this.retryAfterMs = given.retryAfterMs;
	}
}

/** No answer came: offline, the name is unknown, the connection broke, or what answered is not the API. */
export class ConnectionError extends Error {
	override readonly name = 'ConnectionError';
}

/** The store refused to take or to give the bytes of a file. */
export class StoreError extends Error {
	override readonly name = 'StoreError';
	/** Of HTTP. */
	readonly status: number;
	/** When trying again makes sense, where the store said so. */
	readonly retryAfterMs: number | undefined;

	constructor(message: string, given: { status: number; retryAfterMs?: number | undefined }) {
		super(message);
		this.status = given.status;
		this.retryAfterMs = given.retryAfterMs;
	}
}
