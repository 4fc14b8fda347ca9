import { bodyTooLarge } from '@creatorr/contracts/body-limit';
import { API_ERRORS } from '@creatorr/contracts/error-catalog';
import { AppError, type ErrorBody, unavailable } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';
import type { ErrorRequestHandler, Response } from 'express';
import { currentRequestId } from '../logging/context.ts';
import type { Logger } from '../logging/logger.ts';
import { isDatabaseDown } from './database-down.ts';
import { docsUrlOf } from './error-docs.ts';

/** Returns the body of an error response. */
export function errorBody(error: AppError, requestId: string): ErrorBody {
	const { code, message, details, detailsTotal, violatedPolicies } = error;
	const shown = {
		...(details && { details: [...details], details_total: detailsTotal }),
		...(violatedPolicies && { violated_policies: [...violatedPolicies] }),
	};
	const { retryable } = API_ERRORS[code];
	return {
		error: { code, message, request_id: requestId, retryable, docs_url: docsUrlOf(code), ...shown },
	};
}

/** Reads an error of body-parser, which has a type and, for lengths, the limit in bytes. */
function readParserError(error: unknown): { type?: unknown; limit?: unknown } {
	return error instanceof Error ? (error as { type?: unknown; limit?: unknown }) : {};
}

/** Converts any exception to an error of the contract. */
export function toAppError(error: unknown): AppError {
	if (error instanceof AppError) return error;
	const { type, limit } = readParserError(error);
	switch (type) {
		case 'entity.too.large':
			return bodyTooLarge(Number(limit));
		case 'entity.parse.failed':
			return validationError([{ path: 'body', message: 'is not valid JSON' }]);
		case 'encoding.unsupported':
			return validationError([{ path: 'body', message: 'must be sent without a content encoding' }]);
		case 'charset.unsupported':
			return validationError([{ path: 'body', message: 'must be UTF-8' }]);
		case 'request.aborted':
		case 'request.size.invalid':
			return validationError([{ path: 'body', message: 'ended before its declared length' }]);
	}
	if (error instanceof URIError)
		return validationError([{ path: 'path', message: 'is not valid percent-encoding' }]);
	if (isDatabaseDown(error)) return unavailable('The database', error);
	return new AppError('internal', 'Something went wrong on our side. Try again.', { cause: error });
}

/** Sends an error as the response. */
export function sendError(res: Response, error: AppError): void {
	res.status(error.status).set(error.headers).set('Cache-Control', 'no-store');
	res.json(errorBody(error, currentRequestId()));
}

/** Sends thrown errors as responses, and logs those of the server. */
export function renderErrors(logger: Logger): ErrorRequestHandler {
	return (thrown, _req, res, _next) => {
		const error = toAppError(thrown);
		if (error.status >= 500) {
			logger.error('http.error', { code: error.code, error: error.cause ?? error });
		}
		if (res.headersSent) {
			res.destroy();
			return;
		}
		sendError(res, error);
	};
}
