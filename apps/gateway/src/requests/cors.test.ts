import { describe, expect, test } from '@jest/globals';
import { corsHeaders, preflightHeaders } from './cors.ts';

const APP = 'https://app.example.com';
const origins = new Set([APP]);

describe('corsHeaders', () => {
	test('returns no headers if CORS is not configured', () => {
		expect(corsHeaders(new Set(), APP)).toEqual([]);
	});

	test('lets an allowed origin read the response and the headers of the contract', () => {
		expect(corsHeaders(origins, APP)).toEqual([
			'Vary',
			'Origin',
			'Access-Control-Allow-Origin',
			APP,
			'Access-Control-Expose-Headers',
			'X-Request-Id, Retry-After, Idempotency-Replayed, RateLimit-Policy, RateLimit',
		]);
	});

	test.each([undefined, 'https://evil.example', `${APP}.evil.example`, 'null', `${APP}/`])(
		'lets %s read nothing, and varies by origin',
		(origin) => {
			expect(corsHeaders(origins, origin)).toEqual(['Vary', 'Origin']);
		},
	);
});

describe('preflightHeaders', () => {
	const requestHeaders = { method: 'OPTIONS', origin: APP, requestedMethod: 'POST' };

	test('returns the headers of the contract', () => {
		expect(preflightHeaders(origins, requestHeaders)).toContain(
			'Authorization, Content-Type, Idempotency-Key',
		);
	});

	test.each([
		['of another origin', { ...requestHeaders, origin: 'https://evil.example' }],
		['without an origin', { ...requestHeaders, origin: undefined }],
		['that is a plain OPTIONS', { ...requestHeaders, requestedMethod: undefined }],
		['with another method', { ...requestHeaders, method: 'GET' }],
	])('returns undefined for a request %s', (_, request) => {
		expect(preflightHeaders(origins, request)).toBeUndefined();
	});
});
