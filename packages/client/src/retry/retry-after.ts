/** Parses a `Retry-After` header in seconds. Returns undefined for a date. */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
	return header && /^\d+$/.test(header) ? Number(header) * 1_000 : undefined;
}
