type ErrorFields = {
	status: number;
	type: 'invalid_request_error' | 'idempotency_error' | 'api_error';
	code?: string;
	param?: string;
};

/** An error that clients receive in Stripe's form. */
export class StripeError extends Error {
	readonly status: number;
	readonly body: object;

	constructor(message: string, { status, ...fields }: ErrorFields) {
		super(message);
		this.status = status;
		this.body = { error: { ...fields, message } };
	}
}

export function invalidRequest(message: string, more: Partial<ErrorFields> = {}): StripeError {
	return new StripeError(message, { status: 400, type: 'invalid_request_error', ...more });
}

/** @param param the parameter that names the object; the path when absent */
export function notFound(kind: string, id: string, param?: string): StripeError {
	const status = param === undefined ? 404 : 400;
	return invalidRequest(`No such ${kind}: '${id}'`, {
		status,
		code: 'resource_missing',
		param: param ?? 'id',
	});
}

/** Returns the status and body of the response to a request that failed. Logs bugs. */
export function toResponse(error: unknown): { status: number; body: object } {
	if (error instanceof StripeError) return error;
	const status = statusOfParser(error) ?? 500;
	if (status < 500) return { status, body: { error: { message: String(error) } } };
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	const message = 'The local Stripe failed; its log says why.';
	return { status, body: { error: { type: 'api_error', message } } };
}

/** Returns the status that express's body parsers give malformed and too large bodies. */
function statusOfParser(error: unknown): number | undefined {
	if (!(error instanceof Error) || !('status' in error)) return undefined;
	return typeof error.status === 'number' ? error.status : undefined;
}
