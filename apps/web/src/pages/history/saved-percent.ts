/** How much smaller a file has become, in whole percent; nothing where it is less than one. */
export function savedPercent(bytesIn: number, bytesOut: number): number | undefined {
	if (bytesOut >= bytesIn) return undefined;
	// not all of it, however little is left
	return Math.min(99, Math.round((1 - bytesOut / bytesIn) * 100)) || undefined;
}
