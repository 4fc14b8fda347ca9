import { AppError, type ErrorBody, unavailable } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';
import type { ErrorRequestHandler } from 'express';
import { currentRequestId } from './context.ts';
import type { Logger } from './logger.ts';

/** The body of a failure. */
export function errorBody(error: AppError, requestId: string): ErrorBody {
	const details = error.details ? { details: error.details } : {};
	return { error: { code: error.code, message: error.message, request_id: requestId, ...details } };
}

/** body-parser marks its errors with a type. */
function parserErrorType(error: unknown): string | undefined {
	return error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : undefined;
}

/** Prisma and pg tell of a database that is away by these; anything else of theirs is a bug of ours. */
const DATABASE_AWAY = new Set([
	'P1001',
	'P1002',
	'P1008',
	'P1017',
	'P2024',
	'ECONNREFUSED',
	'ECONNRESET',
	'57P01',
	'57P02',
	'57P03',
	'53300',
	'08006',
	'08001',
	'08003',
]);

function isDatabaseAway(error: unknown): boolean {
	for (let at: unknown = error; at instanceof Error; at = at.cause) {
		if ('code' in at && DATABASE_AWAY.has(String(at.code))) return true;
		if (/Connection terminated|timeout exceeded when trying to connect|Can't reach database/.test(at.message))
			return true;
	}
	return false;
}

/** Turns whatever was thrown into an error of the contract. */
export function toAppError(error: unknown): AppError {
	if (error instanceof AppError) return error;
	switch (parserErrorType(error)) {
		case 'entity.too.large':
			return new AppError('too_large', 'a JSON body may have 1 MiB at most');
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
	if (isDatabaseAway(error)) return unavailable('the database', error);
	return new AppError('internal', 'something went wrong on our side', { cause: error });
}

/** The one place where errors become answers. */
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
		res.status(error.status).set(error.headers).set('Cache-Control', 'no-store');
		res.json(errorBody(error, currentRequestId()));
	};
}
