import { expect, test } from '@jest/globals';
import { nextPath, withNext } from './next-path.ts';

const ORIGIN = 'https://creatorr.example';

test.each(['/history', '/history?status=failed', '/tools/ocr', '/account?checkout=done#sessions'])(
	'%s is a page',
	(next) => {
		expect(nextPath(next, ORIGIN)).toBe(next);
	},
);

test.each([
	[null],
	[''],
	['history'],
	['//evil.example/history'],
	['/\\evil.example/history'],
	['https://evil.example/history'],
	['javascript:alert(1)'],
	['/v1/me'],
	['/sign-in'],
	['/sign-up?next=/sign-in'],
	['/history/../../v1/me'],
])('rejects %p as a next path', (next) => {
	expect(nextPath(next, ORIGIN)).toBe('/');
});

test('keeps the next path through a sign-in link', () => {
	const path = withNext('/sign-in', '/history?status=failed');
	expect(new URL(path, ORIGIN).searchParams.get('next')).toBe('/history?status=failed');
	expect(withNext('/sign-up', '/')).toBe('/sign-up');
});
