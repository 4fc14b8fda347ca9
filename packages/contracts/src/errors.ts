import { z } from 'zod';
import { truncate } from './text.ts';

/** Error codes of the public API with their default status. */
export const ERROR_STATUS = {
	validation: 400,
	unknown_tool: 400,
	unauthorized: 401,
	invalid_credentials: 401,
	plan_limit: 403,
	email_not_verified: 403,
	not_found: 404,
	method_not_allowed: 405,
	email_taken: 409,
	file_not_uploaded: 409,
	job_finished: 409,
	already_subscribed: 409,
	no_subscription: 409,
	too_large: 413,
	idempotency_conflict: 422,
	rate_limited: 429,
	internal: 500,
	upstream_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** Meaning of each code for API clients. */
const ERROR_MEANING: Record<ErrorCode, string> = {
	validation: 'The request is invalid. details lists each invalid field.',
	unknown_tool: 'No tool has this slug. GET /v1/tools lists all tools.',
	unauthorized: 'The token is missing, invalid, expired or revoked. Sign in again.',
	invalid_credentials: 'Incorrect email or password.',
	plan_limit:
		'The request exceeds a limit of your plan. The message names the limit and the plan that allows more.',
	email_not_verified: 'Verify your email first. Open the link in the mail, or request a new one.',
	not_found: 'The resource doesn’t exist, was deleted or expired, or isn’t yours.',
	method_not_allowed: 'The path doesn’t support this method. The Allow header lists those it does.',
	email_taken: 'An account with this email already exists. Sign in instead.',
	file_not_uploaded: 'The file isn’t uploaded yet. Upload it first.',
	job_finished: 'The job has already ended and can’t be canceled.',
	already_subscribed: 'You already have a subscription. Manage it in the billing portal.',
	no_subscription: 'You have never subscribed, so there is nothing to manage. Start a checkout.',
	too_large: 'The file is larger than 10 GiB, or the request body exceeds its limit.',
	idempotency_conflict: 'The Idempotency-Key was already used for a different request. Use a new key.',
	rate_limited: 'Too many requests. Retry after the number of seconds in Retry-After.',
	internal: 'Something went wrong on our side. Include the request_id when you contact support.',
	upstream_unavailable:
		'Part of the service is down or too slow. Retry after the number of seconds in Retry-After.',
};

export const errorCodeSchema = z
	.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])
	.meta({ 'x-enumDescriptions': ERROR_MEANING, 'x-enumStatuses': ERROR_STATUS });

/** One wrong field: its path (`params.quality`, `query.limit`, or only the part of the request) and what is wrong. */
export interface ErrorDetail {
	path: string;
	message: string;
}

/** Limit of details in an error: they are for people, and a response must not outgrow its request. */
export const MAX_DETAILS = 20;
const MAX_PATH_LENGTH = 200;
/** Long enough for the names of 200 languages. */
const MAX_MESSAGE_LENGTH = 2_000;

export const errorBodySchema = z
	.object({
		error: z.object({
			code: errorCodeSchema,
			message: z.string().meta({ maxLength: MAX_MESSAGE_LENGTH }),
			request_id: z.string().meta({ maxLength: 30 }),
			details: z
				.array(
					z.object({
						path: z.string().meta({ maxLength: MAX_PATH_LENGTH }),
						message: z.string().meta({ maxLength: MAX_MESSAGE_LENGTH }),
					}),
				)
				.optional()
				.meta({
					maxItems: MAX_DETAILS,
					description: 'The first invalid fields. Present for validation errors only.',
				}),
			details_total: z.number().int().optional().meta({
				description: 'Total number of invalid fields. Present with details.',
			}),
		}),
	})
	.meta({ id: 'Error', description: 'Rely on the code. The message may change.' });

export type ErrorBody = z.infer<typeof errorBodySchema>;

interface AppErrorOptions {
	/** Only logged, never shown. */
	cause?: unknown;
	/** Details beyond {@link MAX_DETAILS} are dropped. */
	details?: readonly ErrorDetail[];
	/** Number of details before some were dropped; the number of `details` by default. */
	detailsTotal?: number | undefined;
	/** Sent as Retry-After. */
	retryAfterSeconds?: number;
	/** For a code with two statuses: 504 for an upstream that is too slow. */
	status?: 504;
	/** Further headers, such as Allow. */
	headers?: Record<string, string>;
}

/** Truncates a path and message, which echo names and values of clients. */
function truncateDetail({ path, message }: ErrorDetail): ErrorDetail {
	return { path: truncate(path, MAX_PATH_LENGTH), message: truncate(message, MAX_MESSAGE_LENGTH) };
}

/** An error for clients: a code of the contract, and a message that says how to fix it. */
export class AppError extends Error {
	readonly code: ErrorCode;
	readonly status: number;
	readonly details: readonly ErrorDetail[] | undefined;
	readonly detailsTotal: number | undefined;
	readonly headers: Record<string, string>;

	constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
		super(truncate(message, MAX_MESSAGE_LENGTH), { cause: options.cause });
		this.name = 'AppError';
		this.code = code;
		this.status = options.status ?? ERROR_STATUS[code];
		this.details = options.details?.slice(0, MAX_DETAILS).map(truncateDetail);
		this.detailsTotal = options.detailsTotal ?? options.details?.length;
		this.headers = { ...options.headers };
		if (options.retryAfterSeconds !== undefined) {
			this.headers['Retry-After'] = String(Math.max(1, Math.ceil(options.retryAfterSeconds)));
		}
	}
}

/** Returns the error for a dependency that is down or too slow: 503, or 504 with `slow`. The cause is logged, never shown. */
export function unavailable(what: string, cause?: unknown, options: { slow?: boolean } = {}): AppError {
	return new AppError('upstream_unavailable', `${what} is temporarily unavailable. Try again in a moment.`, {
		cause,
		retryAfterSeconds: 2,
		...(options.slow ? { status: 504 as const } : {}),
	});
}

/** Returns the error for something absent, deleted, expired or of another user: the same response for all four. */
export function notFound(what: 'file' | 'job' | 'session' | 'route'): AppError {
	return new AppError('not_found', what === 'route' ? 'No route matches this path.' : `No such ${what}.`);
}
