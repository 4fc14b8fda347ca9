/** An error that the person has read already; the process still ends with its code. */
export class ReportedError extends Error {
	override readonly name = 'ReportedError';

	constructor(cause: unknown) {
		super('told already', { cause });
	}
}
