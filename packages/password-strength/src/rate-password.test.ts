import { describe, expect, test } from '@jest/globals';
import { LOWEST_SCORE } from './lowest-score.ts';
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
		expect(ratePassword(password, EMAIL).score).toBeLessThan(LOWEST_SCORE);
	});

	test.each([EMAIL, EMAIL.toUpperCase(), `my ${EMAIL} is long enough`, 'ada.lovelace1', 'Lovelace!'])(
		'too easy to guess when it is %p, which the email gives away',
		(password) => {
			expect(ratePassword(password, ` ${EMAIL.toUpperCase()}`).score).toBeLessThan(LOWEST_SCORE);
		},
	);

	test.each(['correct horse battery', 'tulip anchor velvet', 'xk3!vQ9z', 'Straße über Öl'])(
		'good enough when it is %p',
		(password) => {
			expect(ratePassword(password, EMAIL).score).toBeGreaterThanOrEqual(LOWEST_SCORE);
		},
	);

	test('without an email, as before one is typed', () => {
		expect(ratePassword('tulip anchor velvet', '')).toEqual({ score: 4, containsEmail: false });
	});

	test.each([
		[EMAIL, true],
		[EMAIL.toUpperCase(), true],
		[`my ${EMAIL} is long enough`, true],
		['ada.lovelace1', false],
		['tulip anchor velvet', false],
	])('for %p with containsEmail %p', (password, containsEmail) => {
		expect(ratePassword(password, ` ${EMAIL.toUpperCase()}`).containsEmail).toBe(containsEmail);
	});
});
