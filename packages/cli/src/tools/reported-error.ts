/** An error that was printed already. The process still exits with its code. */
export class ReportedError extends Error {
	override readonly name = 'ReportedError';

	constructor(cause: unknown) {
		super('already reported', { cause });
	}
}
