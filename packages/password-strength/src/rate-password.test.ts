import { describe, expect, test } from '@jest/globals';
import { LOWEST_SCORE } from './lowest-score.ts';
import { ratePassword } from './rate-password.ts';

const EMAIL = 'ada.lovelace@example.com';

describe('ratePassword', () => {
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
	])('rates %p as too easy to guess', (password) => {
		expect(ratePassword(password, EMAIL).score).toBeLessThan(LOWEST_SCORE);
	});

	test.each([EMAIL, EMAIL.toUpperCase(), `my ${EMAIL} is long enough`, 'ada.lovelace1', 'Lovelace!'])(
		'rates %p as too easy to guess, as it contains the email',
		(password) => {
			expect(ratePassword(password, ` ${EMAIL.toUpperCase()}`).score).toBeLessThan(LOWEST_SCORE);
		},
	);

	test.each(['correct horse battery', 'tulip anchor velvet', 'xk3!vQ9z', 'Straße über Öl'])(
		'rates %p as good enough',
		(password) => {
			expect(ratePassword(password, EMAIL).score).toBeGreaterThanOrEqual(LOWEST_SCORE);
		},
	);

	test('rates a password without an email', () => {
		expect(ratePassword('tulip anchor velvet', '')).toEqual({ score: 4, containsEmail: false });
	});

	test.each([
		[EMAIL, true],
		[EMAIL.toUpperCase(), true],
		[`my ${EMAIL} is long enough`, true],
		['ada.lovelace1', false],
		['tulip anchor velvet', false],
	])('returns for %p containsEmail %p', (password, containsEmail) => {
		expect(ratePassword(password, ` ${EMAIL.toUpperCase()}`).containsEmail).toBe(containsEmail);
	});
});
