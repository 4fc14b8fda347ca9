const EXPOSED = 'X-Request-Id, Retry-After, Idempotency-Replayed, RateLimit-Policy, RateLimit';
const METHODS = 'GET, POST, PATCH, DELETE';
const REQUEST_HEADERS = 'Authorization, Content-Type, Idempotency-Key';
const PREFLIGHT_SECONDS = '600';

/** Returns headers that let an allowed web origin read a response, as alternating names and values; none without CORS_ORIGINS. */
export function corsHeaders(origins: ReadonlySet<string>, origin: string | undefined): string[] {
	if (origins.size === 0) return [];
	if (origin === undefined || !origins.has(origin)) return ['Vary', 'Origin'];
	return ['Vary', 'Origin', 'Access-Control-Allow-Origin', origin, 'Access-Control-Expose-Headers', EXPOSED];
}

/** Returns the headers of a preflight response besides {@link corsHeaders}, or undefined for other requests. */
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
