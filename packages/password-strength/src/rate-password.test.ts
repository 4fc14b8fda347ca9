import { describe, expect, test } from '@jest/globals';
import { LOWEST_RATING } from './lowest-rating.ts';
import { ratePassword } from './rate-password.ts';

const EMAIL = 'ada.lovelace@example.com';

describe('a password is rated', () => {
	test.each([
		'password',
		'pAsSwOrD',
		'12345678',
		'P@ssw0rd!',
		'qwertyuiop',
		'aaaaaaaa',
		'abcdefgh',
		'iloveyou2',
		'creatorr1',
	])('too easy to guess when it is %p', (password) => {
		expect(ratePassword(password, EMAIL)).toBeLessThan(LOWEST_RATING);
	});

	test.each([EMAIL, EMAIL.toUpperCase(), `my ${EMAIL} is long enough`, 'ada.lovelace1', 'Lovelace!'])(
		'too easy to guess when it is %p, which the email gives away',
		(password) => {
			expect(ratePassword(password, ` ${EMAIL.toUpperCase()}`)).toBeLessThan(LOWEST_RATING);
		},
	);

	test.each(['correct horse battery', 'tulip anchor velvet', 'xk3!vQ9z', 'Straße über Öl'])(
		'good enough when it is %p',
		(password) => {
			expect(ratePassword(password, EMAIL)).toBeGreaterThanOrEqual(LOWEST_RATING);
		},
	);

	test('without an email, as before one is typed', () => {
		expect(ratePassword('tulip anchor velvet', '')).toBe(4);
	});
});
