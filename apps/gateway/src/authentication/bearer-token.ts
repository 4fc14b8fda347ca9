import { AppError } from '@creatorr/contracts/errors';

/** Longer than any token of auth. Limits the memory of the token cache. */
const MAX_TOKEN_CHARACTERS = 4_096;
const BEARER = /^bearer +([\w.~+/=-]+)$/i;

/** Returns 401 with the challenge that HTTP requires. The cause is only logged. */
export function unauthorized(message: string, cause?: unknown): AppError {
	return new AppError('unauthorized', message, { cause, headers: { 'WWW-Authenticate': 'Bearer' } });
}

function countAuthorization(rawHeaders: readonly string[]): number {
	let count = 0;
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index];
		if (name?.length === 13 && name.toLowerCase() === 'authorization') count += 1;
	}
	return count;
}

/**
 * Returns the token of the only Authorization header. Node silently keeps the first of several, so the raw headers are counted. Throws
 * `unauthorized`.
 */
export function readBearerToken(rawHeaders: readonly string[], authorization: string | undefined): string {
	if (authorization === undefined)
		throw unauthorized('No token was sent. Sign in, then send Authorization: Bearer <token>.');
	if (countAuthorization(rawHeaders) !== 1)
		throw unauthorized('Several Authorization headers were sent. Send one.');
	const token = BEARER.exec(authorization)?.[1];
	if (token === undefined || token.length > MAX_TOKEN_CHARACTERS) {
		throw unauthorized('The Authorization header is malformed. Send Authorization: Bearer <token>.');
	}
	return token;
}
