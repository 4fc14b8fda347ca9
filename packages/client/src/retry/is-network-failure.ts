/** fetch rejects with a TypeError, whatever the cause; by name, as that of another realm is not an instance of ours. */
export function isNetworkFailure(error: unknown): boolean {
	return (error as Error | undefined)?.name === 'TypeError';
}
