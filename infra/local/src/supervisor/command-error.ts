/** A command can't do its work; the message tells the person what happened and what to do about it. */
export class CommandError extends Error {
	override name = 'CommandError';
	readonly exitCode: number;

	constructor(message: string, { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {}) {
		super(message, { cause });
		this.exitCode = exitCode;
	}
}
