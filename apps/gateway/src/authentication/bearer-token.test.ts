import { describe, expect, test } from '@jest/globals';
import { readBearerToken } from './bearer-token.ts';

const read = (...values: string[]) =>
	readBearerToken(
		values.flatMap((value) => ['AUTHORIZATION', value]),
		values[0],
	);

describe('readBearerToken', () => {
	test.each(['Bearer a.b-c_d', 'bearer a.b-c_d', 'BEARER   a.b-c_d'])('reads %s', (value) => {
		expect(read(value)).toBe('a.b-c_d');
	});

	test.each([
		['a missing header', []],
		['another scheme', ['Basic YTpi']],
		['no token', ['Bearer ']],
		['two tokens', ['Bearer a b']],
		['a token in a list', ['Bearer a, Bearer b']],
		['two headers', ['Bearer a', 'Bearer a']],
		['an endless token', [`Bearer ${'a'.repeat(5_000)}`]],
	])('refuses %s with a challenge', (_, values) => {
		expect(() => read(...values)).toThrow(
			expect.objectContaining({ code: 'unauthorized', headers: { 'WWW-Authenticate': 'Bearer' } }),
		);
	});
});
