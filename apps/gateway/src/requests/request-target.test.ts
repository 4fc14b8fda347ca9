import { describe, expect, test } from '@jest/globals';
import { readTarget } from './request-target.ts';

describe('readTarget', () => {
	test.each([
		['/v1/jobs', '/v1/jobs', ''],
		['/v1/jobs?', '/v1/jobs', ''],
		['/v1/jobs?limit=2&cursor=a%2Fb', '/v1/jobs', 'limit=2&cursor=a%2Fb'],
		['/v1/openapi.json', '/v1/openapi.json', ''],
		['/v1/jobs/', '/v1/jobs/', ''],
		['/v1/files/a%20b', '/v1/files/a%20b', ''],
		['/v1/jobs?next=/../x', '/v1/jobs', 'next=/../x'],
		['/', '/', ''],
	])('splits %s', (target, path, query) => {
		expect(readTarget(target)).toEqual({ path, query });
	});

	test('accepts a query of 2,048 characters, and refuses a longer one', () => {
		const query = `idempotency_key=${'%20'.repeat(255)}&cursor=`.padEnd(2_048, 'x');
		expect(readTarget(`/v1/jobs?${query}`).query).toBe(query);
		expect(() => readTarget(`/v1/jobs?${query}x`)).toThrow(
			expect.objectContaining({
				code: 'validation',
				details: [{ path: 'query', message: 'must be at most 2048 characters' }],
			}),
		);
	});

	test.each([
		['absolute form', 'http://evil.example/v1/jobs'],
		['authority form', 'evil.example:80'],
		['the asterisk', '*'],
		['nothing', ''],
		['a dot segment', '/v1/../internal/jwks'],
		['a dot segment at the end', '/v1/jobs/..'],
		['a single dot', '/v1/./jobs'],
		['an encoded dot segment', '/v1/%2e%2e/internal'],
		['a half encoded dot segment', '/v1/.%2E/internal'],
		['a dot segment with a parameter', '/v1/..;x/internal'],
		['a twice encoded dot segment', '/v1/%252e%252e/internal'],
		['an encoded slash', '/v1/jobs/..%2finternal'],
		['an encoded slash in capitals', '/v1/jobs%2Fx'],
		['an encoded backslash', '/v1/jobs%5cx'],
		['a backslash', '/v1\\jobs'],
		['an empty segment', '/v1//jobs'],
		['two slashes at the start', '//evil.example/v1/jobs'],
		['an encoded NUL', '/v1/jobs/%00'],
		['an encoded line break', '/v1/jobs/%0d%0a'],
		['a raw control character', '/v1/jobs/\x01'],
		['a space', '/v1/jobs/a b'],
		['a character beyond ASCII', '/v1/jobs/\u00e9'],
		['a control character in the query', '/v1/jobs?a=\x01'],
		['a fragment', '/v1/jobs#x'],
		['broken percent-encoding', '/v1/jobs/%zz'],
		['percent-encoding that is not UTF-8', '/v1/jobs/%ff'],
	])('refuses %s', (_, target) => {
		expect(() => readTarget(target)).toThrow(
			expect.objectContaining({ code: 'validation', details: [expect.objectContaining({ path: 'path' })] }),
		);
	});
});
