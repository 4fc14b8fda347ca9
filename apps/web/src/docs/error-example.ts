import type { ErrorDescription } from '@creatorr/client';

const DETAILS = [{ path: 'params.quality', message: 'must be at most 100' }];

/** Returns a response with this error: the body of a request that fails, or a failed job. */
export function errorExample({ code, kind, title, retryable, docs_url }: ErrorDescription): string {
	const message = `${title}.`;
	const error = { code, message, request_id: 'req_…', retryable, docs_url };
	const details = code === 'validation' ? { details: DETAILS, details_total: DETAILS.length } : {};
	const job = {
		id: 'job_…',
		status: 'failed',
		error_code: code,
		error_message: message,
		error_retryable: retryable,
		error_docs_url: docs_url,
	};
	return JSON.stringify(kind === 'job' ? { data: job } : { error: { ...error, ...details } }, undefined, 2);
}
