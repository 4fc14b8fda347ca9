import { isDeepStrictEqual } from 'node:util';

/** The former values of what differs: of maps only the keys that changed, of lists the whole list. */
export function previousAttributes(before: object, after: object): Record<string, unknown> {
	const previous: Record<string, unknown> = {};
	const now = Object.fromEntries(Object.entries(after));
	const former = Object.fromEntries(Object.entries(before));
	for (const key of new Set([...Object.keys(former), ...Object.keys(now)])) {
		const [was, is] = [former[key] ?? null, now[key] ?? null];
		if (isDeepStrictEqual(was, is)) continue;
		previous[key] = isMap(was) && isMap(is) ? previousAttributes(was, is) : was;
	}
	return previous;
}

function isMap(value: unknown): value is object {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
