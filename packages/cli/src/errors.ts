/** Wrong usage of the command line, or an unusable file. The message says what to do. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

/** There is no token for the API. */
export class NotSignedInError extends Error {
	override readonly name = 'NotSignedInError';
}

/** The user or the system has interrupted the command. */
export class InterruptedError extends Error {
	override readonly name = 'InterruptedError';
	readonly exitCode: number;

	constructor(signal: 'SIGINT' | 'SIGTERM') {
		super(signal === 'SIGINT' ? 'interrupted' : 'terminated');
		this.exitCode = signal === 'SIGINT' ? 130 : 143;
	}
}
