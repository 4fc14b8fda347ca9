/** The command line, or a file that it names, is not as it has to be; the message says what to do. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

/** There is no token for the API. */
export class NotSignedInError extends Error {
	override readonly name = 'NotSignedInError';
}

/** The person, or the system, wants it to end. */
export class InterruptedError extends Error {
	override readonly name = 'InterruptedError';
	readonly exitCode: number;

	constructor(signal: 'SIGINT' | 'SIGTERM') {
		super(signal === 'SIGINT' ? 'interrupted' : 'terminated');
		this.exitCode = signal === 'SIGINT' ? 130 : 143;
	}
}
