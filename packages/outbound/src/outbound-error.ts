/** Why a request to a user's URL got no response. */
export type OutboundFailure =
	| 'url_not_allowed'
	| 'address_not_allowed'
	| 'dns_failed'
	| 'connection_failed'
	| 'tls_failed'
	| 'timeout'
	| 'invalid_response';

/** A request to a user's URL that got no response. Its message is for the owner of the URL and names no internal address. */
export class OutboundError extends Error {
	override name = 'OutboundError';
	readonly failure: OutboundFailure;

	constructor(failure: OutboundFailure, message: string, options?: ErrorOptions) {
		super(message, options);
		this.failure = failure;
	}
}

/** Codes of OpenSSL and Node for a certificate that can't be trusted. */
const TLS_CODE = /^(ERR_(TLS|SSL)_|CERT_|EPROTO$)|SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET|DECODE)/;
/** Errors of the HTTP parser. Some have no code. */
const PARSER_ERROR = /^(HTTPParserError|HeadersOverflowError|ResponseExceededMaxSizeError)$/;

/** Describes any error of a request for the owner of the URL. */
export function toOutboundError(error: unknown): OutboundError {
	if (error instanceof OutboundError) return error;
	const { name = '', code = '' } = error as { name?: string; code?: string };
	if (name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT')
		return new OutboundError('timeout', 'The endpoint didn’t respond in time.', { cause: error });
	if (TLS_CODE.test(code))
		return new OutboundError('tls_failed', `The TLS connection failed (${code}).`, { cause: error });
	if (PARSER_ERROR.test(name))
		return new OutboundError('invalid_response', 'The response isn’t valid HTTP.', { cause: error });
	const reason = code === '' ? '' : ` (${code})`;
	return new OutboundError('connection_failed', `The connection failed${reason}.`, { cause: error });
}
