/** Tries until it stops throwing, for at most `forMs`. */
export async function eventually<T>(work: () => Promise<T>, forMs = 15_000): Promise<T> {
	const end = Date.now() + forMs;
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (Date.now() > end) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
}
