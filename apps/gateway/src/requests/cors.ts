const EXPOSED = 'X-Request-Id, Retry-After, Idempotency-Replayed';
const METHODS = 'GET, POST, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key';
const PREFLIGHT_SECONDS = '600';

/** Headers that let an allowed web origin read an answer, as names and values in turn; none when CORS is not configured. */
export function corsHeaders(origins: ReadonlySet<string>, origin: string | undefined): string[] {
	if (origins.size === 0) return [];
	if (origin === undefined || !origins.has(origin)) return ['Vary', 'Origin'];
	return ['Vary', 'Origin', 'Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED];
}

/** What a preflight of an allowed origin gets besides {@link corsHeaders}; undefined for any other request. */
export function preflightHeaders(
	origins: ReadonlySet<string>,
	request: { method: string; origin: string | undefined; requestedMethod: string | undefined },
): string[] | undefined {
	if (request.method !== 'OPTIONS' || request.requestedMethod === undefined) return undefined;
	if (request.origin === undefined || !origins.has(request.origin)) return undefined;
	return [
		'Access-Control-Allow-Methods',
		METHODS,
		'Access-Control-Allow-Headers',
		REQUEST_HEADERS,
		'Access-Control-Max-Age',
		PREFLIGHT_SECONDS,
	];
}
