import { z } from 'zod';

/** Describes an error code in plain text, for the docs, the OpenAPI document, the client, the command line and the web app. */
interface ErrorDescription {
	/** A heading, without a period. */
	title: string;
	/** Why the error occurs. */
	cause: string;
	/** What the caller does next. */
	fix: string;
	/** Whether the same request, or the same job, may succeed when it is repeated unchanged. */
	retryable: boolean;
}

interface ApiErrorDescription extends ErrorDescription {
	/** The default HTTP status. */
	status: number;
}

/** Error codes of requests. */
export const API_ERRORS = {
	validation: {
		status: 400,
		title: 'Invalid request',
		cause:
			'The path, query, headers or body of the request are invalid. The details list each invalid field.',
		fix: 'Correct the listed fields and send the request again.',
		retryable: false,
	},
	unknown_tool: {
		status: 400,
		title: 'Unknown tool',
		cause: 'No tool has this slug.',
		fix: 'Use a slug from GET /v1/tools.',
		retryable: false,
	},
	unauthorized: {
		status: 401,
		title: 'Not signed in',
		cause:
			'The token or API key is missing, invalid, expired or revoked, or the key may not be used from this IP address.',
		fix: 'Sign in again, or create a new key, and send it as Authorization: Bearer <token or key>.',
		retryable: false,
	},
	invalid_credentials: {
		status: 401,
		title: 'Incorrect email or password',
		cause: 'The email or the password is incorrect. The response is the same for both.',
		fix: 'Check both, or reset the password: POST /v1/auth/password/forgot.',
		retryable: false,
	},
	plan_limit: {
		status: 403,
		title: 'Plan limit reached',
		cause:
			'The request exceeds a limit of your plan or account. The message names the limit, and the plan that allows more if there is one.',
		fix: 'Stay within the limit, or upgrade if a plan allows more. GET /v1/usage returns how much of each plan limit is used.',
		retryable: false,
	},
	email_not_verified: {
		status: 403,
		title: 'Email not verified',
		cause:
			'Until the email of the account is verified, lower limits apply, and API keys and webhook endpoints can’t be created.',
		fix: 'Open the link in the verification email. To get a new email: POST /v1/auth/verify/resend.',
		retryable: false,
	},
	insufficient_scope: {
		status: 403,
		title: 'The API key lacks a scope',
		cause: 'The API key lacks the scope or the tool that the message names.',
		fix: 'Add it to the key with PATCH /v1/keys/{id}, or use another key. A key can’t change itself: send the token of a session.',
		retryable: false,
	},
	session_required: {
		status: 403,
		title: 'Needs a session',
		cause: 'This operation requires a session, not an API key.',
		fix: 'Sign in with POST /v1/auth/login and send the token from the response.',
		retryable: false,
	},
	not_found: {
		status: 404,
		title: 'Not found',
		cause: 'The resource doesn’t exist, was deleted or has expired, or it belongs to another user.',
		fix: 'Check the path and the ID, and that you’re signed in to the right account.',
		retryable: false,
	},
	method_not_allowed: {
		status: 405,
		title: 'Method not allowed',
		cause: 'The path exists, but it doesn’t support this method.',
		fix: 'Use a method from the Allow header of the response.',
		retryable: false,
	},
	email_taken: {
		status: 409,
		title: 'Email already registered',
		cause: 'An account with this email already exists.',
		fix: 'Sign in instead, or reset the password: POST /v1/auth/password/forgot.',
		retryable: false,
	},
	file_not_uploaded: {
		status: 409,
		title: 'File not uploaded',
		cause: 'The file was created, but its bytes aren’t in storage yet.',
		fix: 'Upload the file to its upload_url. For a multipart upload, upload all parts, then complete it. Then send the request again.',
		retryable: false,
	},
	job_finished: {
		status: 409,
		title: 'The job has already ended',
		cause: 'Only a queued or running job can be canceled, and this one has ended.',
		fix: 'Read its outcome with GET /v1/jobs/{id}.',
		retryable: false,
	},
	already_subscribed: {
		status: 409,
		title: 'Already subscribed',
		cause: 'The account already has a subscription.',
		fix: 'Manage it in the billing portal: POST /v1/billing/portal.',
		retryable: false,
	},
	no_subscription: {
		status: 409,
		title: 'No subscription',
		cause: 'The account has never subscribed, so there is nothing to manage.',
		fix: 'Subscribe first: POST /v1/billing/checkout.',
		retryable: false,
	},
	too_large: {
		status: 413,
		title: 'Too large',
		cause: 'The file is larger than 10 GiB, or the request body exceeds the limit of its operation.',
		fix: 'Send less. The docs list the limit of each operation.',
		retryable: false,
	},
	idempotency_conflict: {
		status: 422,
		title: 'Idempotency key already used',
		cause: 'The Idempotency-Key was used for a different request in the last 24 hours.',
		fix: 'Generate a new key for each new request.',
		retryable: false,
	},
	rate_limited: {
		status: 429,
		title: 'Too many requests',
		cause:
			'A limit of requests, new jobs, connections, sign-in attempts, emails or unfinished uploads was exceeded. Nothing was changed. The headers RateLimit-Policy and RateLimit show how much of your plan’s limits is left.',
		fix: 'Wait for the number of seconds in Retry-After, then send the same request again. If the message names unfinished uploads, finish or delete some first.',
		retryable: true,
	},
	internal: {
		status: 500,
		title: 'Something went wrong on our side',
		cause: 'A bug on our side. Your request isn’t the cause.',
		fix: 'Try again. If it happens again, report it with the request_id.',
		retryable: true,
	},
	upstream_unavailable: {
		status: 503,
		title: 'Temporarily unavailable',
		cause: 'Part of the service is down (503) or too slow (504). The request may still have taken effect.',
		fix: 'Wait for the number of seconds in Retry-After, then send the same request again. If it creates something without an Idempotency-Key, check first whether that exists already.',
		retryable: true,
	},
} as const satisfies Record<string, ApiErrorDescription>;

/** Error codes of failed jobs. */
export const JOB_ERRORS = {
	input_missing: {
		title: 'The file has expired or was deleted',
		cause: 'The input file was deleted, expired or overwritten before the job read it.',
		fix: 'Upload the file again and create a new job.',
		retryable: false,
	},
	unsupported_input: {
		title: 'Can’t process this file',
		cause: 'The tool doesn’t support this file, or doesn’t support it with these params.',
		fix: 'Change the params that the message names, or use a tool that accepts this type of file.',
		retryable: false,
	},
	corrupt_input: {
		title: 'Can’t read this file',
		cause: 'The file is damaged or incomplete.',
		fix: 'Upload it again, or open it, save a new copy and use that.',
		retryable: false,
	},
	encrypted_input: {
		title: 'This file is password-protected',
		cause: 'The file can’t be opened without its password.',
		fix: 'Create a new job with the password in params.password.',
		retryable: false,
	},
	wrong_password: {
		title: 'Incorrect password',
		cause: 'The given password doesn’t open the file.',
		fix: 'Create a new job with the correct password.',
		retryable: false,
	},
	limit_exceeded: {
		title: 'This job exceeds a limit',
		cause:
			'The file is too large or has too many pages for the tool or your plan, your storage is too full for the output, or your jobs used twice the processing time that your plan allows a day.',
		fix: 'Do what the message says: split the file, delete some files, wait for the next day, or upgrade if another plan allows more.',
		retryable: false,
	},
	timeout: {
		title: 'The job took too long',
		cause: 'The tool exceeded its time limit with this file and these params. It would do so again.',
		fix: 'Use a smaller file, or params that need less work.',
		retryable: false,
	},
	tool_failed: {
		title: 'Couldn’t process this file',
		cause: 'The tool failed on this file. It would do so again.',
		fix: 'Open the file, save a new copy and use that, or change the params.',
		retryable: false,
	},
	worker_lost: {
		title: 'The job was interrupted',
		cause: 'Processing was interrupted three times, for example by restarts of our servers.',
		fix: 'Create the same job again.',
		retryable: true,
	},
	internal: {
		title: 'Something went wrong on our side',
		cause: 'A bug on our side. Your file isn’t the cause.',
		fix: 'Create the same job again. If it fails again, report it with the job’s ID.',
		retryable: true,
	},
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof API_ERRORS;
export type JobErrorCode = keyof typeof JOB_ERRORS;

type NonEmpty<T> = [T, ...T[]];

export const ERROR_CODES = Object.keys(API_ERRORS) as NonEmpty<ErrorCode>;
export const JOB_ERROR_CODES = Object.keys(JOB_ERRORS) as NonEmpty<JobErrorCode>;

/** Returns the cause and fix of each code as one text, for the OpenAPI document. */
function meanings(errors: Readonly<Record<string, ErrorDescription>>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(errors).map(([code, { cause, fix }]) => [code, `${cause} ${fix}`]),
	);
}

export const errorCodeSchema = z.enum(ERROR_CODES).meta({
	'x-enumDescriptions': meanings(API_ERRORS),
	'x-enumStatuses': Object.fromEntries(
		Object.entries(API_ERRORS).map(([code, { status }]) => [code, status]),
	),
});
export const jobErrorCodeSchema = z
	.enum(JOB_ERROR_CODES)
	.meta({ 'x-enumDescriptions': meanings(JOB_ERRORS) });

/** Returns the path of the docs page about a code. A code of requests and jobs, such as `internal`, has one page for both. */
export function errorDocsPath(code: ErrorCode | JobErrorCode): string {
	return `/docs/errors/${code}`;
}

const docsUrlText =
	'The docs page about the code. Relative to the URL of the request if the operator hasn’t set the public URL.';

/** `APP_URL` has at most 200 characters, and a path has fewer than 100. */
export const docsUrlSchema = z
	.string()
	.meta({ format: 'uri-reference', maxLength: 300, description: docsUrlText });

const text = () => z.string().meta({ maxLength: 500 });

export const errorDescriptionSchema = z
	.object({
		code: z.string().meta({ maxLength: 64, description: 'Unique among the codes of its `kind`.' }),
		kind: z
			.enum(['api', 'job'])
			.meta({ description: '`api`: the `code` of an error. `job`: the `error_code` of a failed job.' }),
		status: z.int().optional().meta({ description: 'The HTTP status. Present for `api` only.' }),
		title: text(),
		cause: text().meta({ description: 'Why the error occurs.' }),
		fix: text().meta({ description: 'What to do next.' }),
		retryable: z.boolean().meta({
			description: 'Whether the same request or job may succeed when it is repeated unchanged.',
		}),
		docs_url: docsUrlSchema,
	})
	.meta({ id: 'ErrorDescription' });

/**
 * Returns the whole catalog as the API shows it, requests first.
 * @param docsUrlOf returns the URL of the docs page about a code
 */
export function describeErrors(
	docsUrlOf: (code: ErrorCode | JobErrorCode) => string,
): z.infer<typeof errorDescriptionSchema>[] {
	const apiErrors = ERROR_CODES.map((code) => ({
		code,
		kind: 'api' as const,
		...API_ERRORS[code],
		docs_url: docsUrlOf(code),
	}));
	const jobErrors = JOB_ERROR_CODES.map((code) => ({
		code,
		kind: 'job' as const,
		...JOB_ERRORS[code],
		docs_url: docsUrlOf(code),
	}));
	return [...apiErrors, ...jobErrors];
}
