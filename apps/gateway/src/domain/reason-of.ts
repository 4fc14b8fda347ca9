/**
 * Why an error came about, in one line: what an outage causes at every request is logged without the stacks that a bug is
 * logged with.
 */
export function reasonOf(error: Error): string {
	const messages: string[] = [];
	for (let at = error.cause; at instanceof Error; at = at.cause) messages.push(at.message);
	return messages.join(': ');
}
