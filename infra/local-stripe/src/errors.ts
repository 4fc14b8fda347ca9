type StripeErrorFields = {
	status: number;
	type: 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';
	message: string;
	code?: string;
	decline_code?: string;
	param?: string;
	/**
	 * Whether the request was refused before anything was done; such an answer is not remembered under an
	 * idempotency key, so that the corrected request may use the same one.
	 */
	beforeExecution?: boolean;
};

/** An error that the client sees, in Stripe's form. */
export class StripeError extends Error {
	readonly fields: StripeErrorFields;

	constructor(fields: StripeErrorFields) {
		super(fields.message);
		this.fields = fields;
	}

	body(requestId: string): object {
		const { status: _status, beforeExecution: _before, ...shown } = this.fields;
		const documentation =
			shown.code === undefined
				? {}
				: { doc_url: `https://stripe.com/docs/error-codes/${shown.code.replaceAll('_', '-')}` };
		return {
			error: {
				...shown,
				...documentation,
				request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}`,
			},
		};
	}
}

export function invalidRequest(message: string, more: Partial<StripeErrorFields> = {}): StripeError {
	return new StripeError({ status: 400, type: 'invalid_request_error', message, ...more });
}

/** The object that a path names is not there. */
export function notFound(what: string, id: string): StripeError {
	return invalidRequest(`No such ${what}: '${id}'`, { status: 404, code: 'resource_missing', param: 'id' });
}

/** The object that a parameter names is not there. */
export function noSuch(what: string, id: string, param: string): StripeError {
	return invalidRequest(`No such ${what}: '${id}'`, { code: 'resource_missing', param });
}
