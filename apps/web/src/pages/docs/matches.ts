/** Whether a text has all the words that were typed, somewhere. */
export function matches(text: string, query: string): boolean {
	const lowerCase = text.toLowerCase();
	return query
		.toLowerCase()
		.split(/\s+/)
		.every((word) => lowerCase.includes(word));
}
