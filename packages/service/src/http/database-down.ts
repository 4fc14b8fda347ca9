/** SQLSTATE `query_canceled`: a statement exceeded `statement_timeout`. */
const STATEMENT_TIMEOUT = '57014';

/** Codes of Prisma, PostgreSQL (SQLSTATE) and the system for a database that is down, restarting or too slow. */
const DOWN_CODES = new Set([
	'P1001',
	'P1002',
	'P1008',
	'P1017',
	'P2024',
	// A transaction did not begin in time, or its statements took too long.
	'P2028',
	'P2037',
	'ECONNREFUSED',
	'ECONNRESET',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EPIPE',
	'ETIMEDOUT',
	STATEMENT_TIMEOUT,
	'57P01',
	'57P02',
	'57P03',
	'57P05',
	'25P03',
	'53300',
	'08000',
	'08001',
	'08003',
	'08004',
	'08006',
]);

/** Kinds of the same errors in Prisma's adapter, where it has no code. */
const DOWN_KINDS = new Set([
	'ConnectionClosed',
	'DatabaseNotReachable',
	'SocketTimeout',
	'TooManyConnections',
]);

/** Messages of the same errors in pg without a code. */
const DOWN_MESSAGE =
	/Connection terminated|timeout exceeded when trying to connect|Query read timeout|is not queryable|Can't reach database/;

/** Properties with the inner error: `cause` is JavaScript's, the others are Prisma's. */
const INNER = ['cause', 'meta', 'driverAdapterError'];

function property(value: object, key: string): unknown {
	return Reflect.get(value, key);
}

/** Whether an error of Prisma or pg, or an inner one, says that the database is down. Other errors are bugs. */
export function isDatabaseDown(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	if (DOWN_CODES.has(String(property(error, 'code')))) return true;
	if (DOWN_KINDS.has(String(property(error, 'kind')))) return true;
	if (error instanceof Error && DOWN_MESSAGE.test(error.message)) return true;
	return INNER.some((key) => isDatabaseDown(property(error, key)));
}

/** Whether an error, or an inner one, is a statement timeout. The statement may be too slow on a healthy database, too. */
export function isStatementTimeout(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	if (property(error, 'code') === STATEMENT_TIMEOUT) return true;
	return INNER.some((key) => isStatementTimeout(property(error, key)));
}
