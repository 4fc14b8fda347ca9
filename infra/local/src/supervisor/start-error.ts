/** The product could not start; the message is one sentence for the person, with what to do about it. */
export class StartError extends Error {
	override name = 'StartError';
}
