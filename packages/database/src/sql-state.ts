/**
 * PostgreSQL's five-character code of an error that a Prisma client threw; undefined when it does not come from the
 * database. Prisma's own codes do not do: it gives a raw query's error another one, and a failed commit's none.
 */
export function sqlState(error: unknown): string | undefined {
	// A failed commit throws the driver's error as it is, everything else has it in `meta`.
	const driverError = property(property(error, 'meta'), 'driverAdapterError') ?? error;
	const code = property(property(driverError, 'cause'), 'originalCode');
	return typeof code === 'string' ? code : undefined;
}

function property(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
