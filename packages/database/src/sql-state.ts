/**
 * Returns PostgreSQL's five-character code of an error of a Prisma client, or undefined if the error isn't from the database. Prisma's own
 * codes don't suffice: a raw query's error has another code, and a failed commit's error none.
 */
export function sqlState(error: unknown): string | undefined {
	// A failed commit throws the driver's error unchanged. Others have it in `meta`.
	const driverError = property(property(error, 'meta'), 'driverAdapterError') ?? error;
	const code = property(property(driverError, 'cause'), 'originalCode');
	return typeof code === 'string' ? code : undefined;
}

function property(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
