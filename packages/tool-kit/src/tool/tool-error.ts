import type { JobErrorCode } from '@creatorr/contracts/error-catalog';

interface ToolErrorOptions {
	/** Logged, never shown to the user. */
	cause?: unknown;
}

/** Why a tool could not do a job: a code of the contract, and a message that says what the user can do about it. */
export class ToolError extends Error {
	readonly code: JobErrorCode;

	constructor(code: JobErrorCode, message: string, options: ToolErrorOptions = {}) {
		super(message, { cause: options.cause });
		this.name = 'ToolError';
		this.code = code;
	}
}
