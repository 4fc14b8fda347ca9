import type { Page } from '@creatorr/client';
import { InvalidArgumentError } from 'commander';

const PAGE = 100;

/** Returns the first rows of a paged list. */
export async function collect<T>(
	limit: number,
	list: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<T[]> {
	const rows: T[] = [];
	let cursor: string | null | undefined;
	while (rows.length < limit && cursor !== null) {
		const size = Math.min(PAGE, limit - rows.length);
		const page = await list({ limit: size, ...(cursor !== undefined && { cursor }) });
		rows.push(...page.data);
		cursor = page.next_cursor;
	}
	return rows;
}

export function parseLimit(text: string): number {
	const limit = Number(text);
	if (!Number.isInteger(limit) || limit < 1)
		throw new InvalidArgumentError('Must be a whole number greater than 0.');
	return limit;
}
