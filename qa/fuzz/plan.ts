/** Stands in a plan for what only the run knows: replaced when the request is sent, so that a seed always makes the same plans. */
export type Known =
	| { $known: 'id'; prefix: IdPrefix; of: 'actor' | 'other'; nth: number }
	| { $known: 'email' | 'password' | 'cursor' | 'etag' | 'tool'; of: 'actor' | 'other'; nth: number };

export type IdPrefix = 'fil' | 'job' | 'ses' | 'usr';

/** Who sends a request. */
export type Actor = 'first' | 'second' | 'nobody' | 'forger';

export type Body =
	| { kind: 'none' }
	| { kind: 'json'; value: unknown }
	/** Bytes in base64, whatever they are. */
	| { kind: 'raw'; base64: string };

/** One request, before it is sent. */
export interface Plan {
	/** The route that it is made for: `POST /v1/files`. */
	route: string;
	method: string;
	/** Values for the braces of the path; text that is percent-encoded unless it is `raw`. */
	params: Record<string, unknown>;
	query: [string, unknown][];
	headers: [string, unknown][];
	body: Body;
	/** With Stripe's signature of the body. */
	signed: boolean;
	actor: Actor;
	/** How often it is sent at the same time. */
	times: number;
	/** Whether the bytes follow, where a file was declared. */
	uploads: boolean;
}

export function isKnown(value: unknown): value is Known {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, '$known');
}

/** Text for a path that is not encoded once more. */
interface RawText {
	$raw: string;
}

export function isRaw(value: unknown): value is RawText {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, '$raw');
}
