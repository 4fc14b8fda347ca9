/** fetch rejects with a TypeError for every network failure. Compares the name, because each realm has its own TypeError. */
export function isNetworkFailure(error: unknown): boolean {
	return (error as Error | undefined)?.name === 'TypeError';
}
