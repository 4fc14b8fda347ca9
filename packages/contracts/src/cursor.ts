import type { z } from 'zod';
import type { idSchema } from './ids.ts';
import { validationError } from './validation.ts';

/** Returns the opaque cursor after the row with this id: lists are newest first, and ids sort by time. */
export function encodeCursor(lastId: string): string {
	return Buffer.from(lastId).toString('base64url');
}

/** Returns a page of a list of which `limit + 1` rows were read: the one more shows whether there is a next page. */
export function toPage<Row extends { id: string }>(
	rows: readonly Row[],
	limit: number,
): { data: Row[]; next_cursor: string | null } {
	const data = rows.slice(0, limit);
	const last = rows.length > limit ? data.at(-1) : undefined;
	return { data, next_cursor: last ? encodeCursor(last.id) : null };
}

/** Returns the id of a cursor. Throws `validation` for text that {@link encodeCursor} did not return. */
export function decodeCursor(cursor: string, id: ReturnType<typeof idSchema>): z.output<typeof id> {
	const parsed = id.safeParse(Buffer.from(cursor, 'base64url').toString());
	if (parsed.success && encodeCursor(parsed.data) === cursor) return parsed.data;
	throw validationError([{ path: 'query.cursor', message: 'must be the next_cursor of an earlier page' }]);
}
