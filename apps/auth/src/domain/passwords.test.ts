import { describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { createPasswords } from './passwords.ts';

const passwords = createPasswords(4, bcrypt);

describe('a password', () => {
	test('matches its own hash and no other', async () => {
		const hash = await passwords.hash('correct horse');
		expect(await passwords.matches('correct horse', hash)).toBe(true);
		expect(await passwords.matches('correct Horse', hash)).toBe(false);
	});

	test('of more than 72 bytes does not match one that it begins with', async () => {
		const longest = 'é'.repeat(36);
		const hash = await passwords.hash(longest);
		expect(await passwords.matches(longest, hash)).toBe(true);
		expect(await passwords.matches(`${longest}x`, hash)).toBe(false);
	});

	test('is hashed at the given cost', async () => {
		expect(bcrypt.getRounds(await createPasswords(5, bcrypt).hash('correct horse'))).toBe(5);
	});

	test('never matches where there is no hash, after as many rounds as anywhere', async () => {
		const slow = createPasswords(10, bcrypt);
		const hash = await slow.hash('correct horse');
		expect(await slow.matches('correct horse', null)).toBe(false);
		/** The quickest of three, as the machine does other things too. */
		const quickestMs = async (given: string | null) => {
			const timesMs: number[] = [];
			for (let round = 0; round < 3; round += 1) {
				const startedAt = performance.now();
				await slow.matches('wrong', given);
				timesMs.push(performance.now() - startedAt);
			}
			return Math.min(...timesMs);
		};
		// A comparison that ends early takes a hundredth.
		expect(await quickestMs(null)).toBeGreaterThan((await quickestMs(hash)) / 5);
	});
});
