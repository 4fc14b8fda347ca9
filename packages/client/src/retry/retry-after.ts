/** Of the header, when it says it in seconds. */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
	return header && /^\d+$/.test(header) ? Number(header) * 1_000 : undefined;
}
