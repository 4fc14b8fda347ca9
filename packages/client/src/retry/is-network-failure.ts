/** fetch rejects with a TypeError for every network failure. Compares the name: an error of another realm is not an instance of ours. */
export function isNetworkFailure(error: unknown): boolean {
	return (error as Error | undefined)?.name === 'TypeError';
}
