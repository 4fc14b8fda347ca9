/** Names a value that only the run knows. It is replaced when the request is sent, so that a seed always makes the same plans. */
export interface Known {
	$known: IdPrefix | 'email' | 'password' | 'cursor' | 'etag' | 'tool';
	/** Whether the value belongs to the sender or to the other user. */
	of: 'actor' | 'other';
	nth: number;
}

export type IdPrefix = 'fil' | 'job' | 'ses' | 'usr' | 'key';

/** Who sends a request: a user, a client without a token, or one with a forged token. */
export type Actor = 'first' | 'second' | 'nobody' | 'forger';

/** Sent as JSON, or as the bytes that are in base64. */
export type Body = { json: unknown } | { base64: string } | undefined;

export interface Plan {
	/** The route that it is made for: `POST /v1/files`. */
	route: string;
	method: string;
	/** Values for the braces of the path. Text is percent-encoded unless it is a {@link RawText}. */
	params: Record<string, unknown>;
	query: [string, unknown][];
	headers: [string, unknown][];
	body: Body;
	/** With Stripe's signature of the body. */
	signed: boolean;
	actor: Actor;
	/** How many copies of the request are sent at the same time. */
	times: number;
	/** Whether the bytes of a declared file follow. */
	uploads: boolean;
}

/** Text that is sent without percent-encoding. */
interface RawText {
	$raw: string;
}

export const isKnown = (value: unknown): value is Known => hasField(value, '$known');
export const isRaw = (value: unknown): value is RawText => hasField(value, '$raw');

function hasField(value: unknown, name: string): boolean {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}
