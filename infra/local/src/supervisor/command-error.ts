/** A command failed. The message says what happened and what to do. */
export class CommandError extends Error {
	override name = 'CommandError';
	readonly exitCode: number;

	constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
		super(message, { cause });
		this.exitCode = exitCode;
	}
}
