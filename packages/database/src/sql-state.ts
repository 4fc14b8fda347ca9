/**
 * PostgreSQL's five-character code of an error that Prisma has wrapped, at whatever depth; undefined for an error that
 * does not come from the database. Prisma's own codes do not do: raw queries and commits fail without them.
 */
export function sqlState(error: unknown): string | undefined {
	for (const key of ['meta', 'driverAdapterError', 'cause']) {
		const found = sqlState(property(error, key));
		if (found !== undefined) return found;
	}
	const code = property(error, 'originalCode');
	return typeof code === 'string' ? code : undefined;
}

function property(value: unknown, key: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
