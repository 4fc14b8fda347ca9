/** Codes of Prisma, of PostgreSQL (SQLSTATE) and of the system that tell of a database that is away, restarting or too slow. */
const AWAY_CODES = new Set([
	'P1001',
	'P1002',
	'P1008',
	'P1017',
	'P2024',
	// A transaction that could not begin in time, or whose statements took too long.
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
	// The statement took longer than it may.
	'57014',
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

/** What Prisma's adapter calls the same where it has no code for it. */
const AWAY_KINDS = new Set([
	'ConnectionClosed',
	'DatabaseNotReachable',
	'SocketTimeout',
	'TooManyConnections',
]);

/** What pg says without a code. */
const AWAY_MESSAGE =
	/Connection terminated|timeout exceeded when trying to connect|Query read timeout|is not queryable|Can't reach database/;

/** Where errors keep what they are about: `cause` is JavaScript's, the others are Prisma's. */
const INNER = ['cause', 'meta', 'driverAdapterError'];

function property(value: object, key: string): unknown {
	return Reflect.get(value, key);
}

/** Whether this error of Prisma or pg, or what it wraps, says that the database is away. Anything else is a bug of ours. */
export function isDatabaseAway(error: unknown): boolean {
	if (typeof error !== 'object' || error === null) return false;
	if (AWAY_CODES.has(String(property(error, 'code')))) return true;
	if (AWAY_KINDS.has(String(property(error, 'kind')))) return true;
	if (error instanceof Error && AWAY_MESSAGE.test(error.message)) return true;
	return INNER.some((key) => isDatabaseAway(property(error, key)));
}
