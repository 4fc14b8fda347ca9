import { z } from 'zod';
import { API_ERRORS, docsUrlSchema, type ErrorCode, errorCodeSchema } from './error-catalog.ts';
import { type RateLimitPolicy, rateLimitPolicySchema } from './rate-limits.ts';
import { truncate } from './text.ts';

/**
 * One wrong field: its path (`params.quality`, `query.limit`, or only the part of the request) and what is wrong. In the response of
 * getHealth, one part of the service that is down.
 */
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
			// A service of the previous release doesn't send these two during a rolling upgrade.
			retryable: z
				.boolean()
				.prefault(false)
				.meta({ description: 'Whether the same request may succeed when it is repeated.' }),
			docs_url: docsUrlSchema.prefault(''),
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
					description:
						'The first invalid fields of a `validation` error. In the response of `GET /v1/health`, the parts that are down. Otherwise absent.',
				}),
			details_total: z.number().int().optional().meta({
				description: 'Number of all details, including those left out. Present with details.',
			}),
			violated_policies: z.array(rateLimitPolicySchema).optional().meta({
				maxItems: rateLimitPolicySchema.options.length,
				description:
					'The plan’s rate limits that the request exceeded, named as in RateLimit-Policy. Absent if it exceeded only other limits.',
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
	/** The rate limits of the plan that refused the request. */
	violatedPolicies?: readonly RateLimitPolicy[];
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
	readonly violatedPolicies: readonly RateLimitPolicy[] | undefined;
	readonly headers: Record<string, string>;

	constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
		super(truncate(message, MAX_MESSAGE_LENGTH), { cause: options.cause });
		this.name = 'AppError';
		this.code = code;
		this.status = options.status ?? API_ERRORS[code].status;
		this.details = options.details?.slice(0, MAX_DETAILS).map(truncateDetail);
		this.detailsTotal = options.detailsTotal ?? options.details?.length;
		this.violatedPolicies = options.violatedPolicies;
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
export function notFound(
	what: 'file' | 'job' | 'session' | 'API key' | 'webhook endpoint' | 'delivery' | 'route',
): AppError {
	const message =
		what === 'route'
			? 'No route matches this path. GET /v1/openapi.json lists all routes.'
			: `No such ${what}. It may have expired or been deleted. Check the ID and the account.`;
	return new AppError('not_found', message);
}
