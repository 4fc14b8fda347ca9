import { z } from 'zod';
import { truncate } from './text.ts';

/** Every error code of the public API with the status it is answered with by default. */
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

/** What each code means to who gets it. */
const ERROR_MEANING: Record<ErrorCode, string> = {
	validation: 'the request is not as described; details name each wrong field',
	unknown_tool: 'no tool has this slug',
	unauthorized: 'the token is missing, wrong, expired or signed out: sign in again',
	invalid_credentials: 'the email or the password is wrong',
	plan_limit: 'the plan does not allow it; the message says which limit, and the plan that does',
	email_not_verified: 'Verify your email first. Open the link in the mail, or request a new one.',
	not_found: 'there is no such thing, any more or for you',
	method_not_allowed: 'the path takes other methods: the header Allow names them',
	email_taken: 'there is an account with this email',
	file_not_uploaded: 'the bytes of the file are not there yet',
	job_finished: 'the job has ended and can’t be canceled',
	already_subscribed: 'there is a subscription: manage it instead',
	no_subscription: 'there was never a subscription to manage',
	too_large: 'the file is larger than 10 GiB, or the body than a request may be',
	idempotency_conflict: 'the Idempotency-Key was used for another request',
	rate_limited: 'too much at a time; Retry-After says after how many seconds to come back',
	internal: 'a bug of ours; the request_id finds it in our logs',
	upstream_unavailable: 'a part of the service does not answer now; Retry-After says when to come back',
};

export const errorCodeSchema = z
	.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])
	.meta({ 'x-enumDescriptions': ERROR_MEANING, 'x-enumStatuses': ERROR_STATUS });

/** One wrong field: where it is (`params.quality`, `query.limit`, the part's name alone when it is the whole) and why. */
export interface ErrorDetail {
	path: string;
	message: string;
}

/** Of an error, however much is wrong: details are for people, and an answer must not outgrow its request. */
export const MAX_DETAILS = 20;
const MAX_PATH_LENGTH = 200;
/** Holds the names of 200 languages. */
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
				.meta({ maxItems: MAX_DETAILS, description: 'the first of what is wrong, each with its place' }),
			details_total: z.number().int().optional().meta({
				description: 'how much is wrong in all; present with details',
			}),
		}),
	})
	.meta({ id: 'Error', description: 'Treat the code as the contract; the message may change.' });

export type ErrorBody = z.infer<typeof errorBodySchema>;

interface AppErrorOptions {
	/** Only logged, never shown. */
	cause?: unknown;
	/** Those beyond {@link MAX_DETAILS} are dropped. */
	details?: readonly ErrorDetail[];
	/** How many there were before some were dropped; the number of `details` by default. */
	detailsTotal?: number | undefined;
	/** Sent as Retry-After. */
	retryAfterSeconds?: number;
	/** Where a code has two statuses: 504 for an upstream that is too slow. */
	status?: 504;
	/** Further headers, such as Allow. */
	headers?: Record<string, string>;
}

/** Paths and messages echo names and values that a client sent. */
function truncateDetail({ path, message }: ErrorDetail): ErrorDetail {
	return { path: truncate(path, MAX_PATH_LENGTH), message: truncate(message, MAX_MESSAGE_LENGTH) };
}

/** The one error that reaches a client: a code of the contract and a message that says how to fix it. */
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

/** A part of the product is down or too slow: 503, or 504 with `slow`. The cause is logged, never shown. */
export function unavailable(what: string, cause?: unknown, options: { slow?: boolean } = {}): AppError {
	return new AppError('upstream_unavailable', `${what} can't answer now; try again in a moment`, {
		cause,
		retryAfterSeconds: 2,
		...(options.slow ? { status: 504 as const } : {}),
	});
}

/** Absent, deleted, expired or somebody else's: the same answer for all four. */
export function notFound(what: 'file' | 'job' | 'session' | 'route'): AppError {
	return new AppError(
		'not_found',
		what === 'route' ? 'there is nothing at this path' : `there is no such ${what}`,
	);
}
