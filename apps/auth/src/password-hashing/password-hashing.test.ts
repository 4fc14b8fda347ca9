import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import { createPasswords, type PasswordThreads, startPasswordThreads } from './password-hashing.ts';

const passwords = createPasswords(4, bcrypt);

describe('a password', () => {
	test('matches its own hash and no other', async () => {
		const hash = await passwords.hash('correct horse');
		expect(await passwords.matches('correct horse', hash)).toBe(true);
		expect(await passwords.matches('correct Horse', hash)).toBe(false);
	});

	test('of more than 72 bytes does not match its first 72 bytes', async () => {
		const longest = 'é'.repeat(36);
		const hash = await passwords.hash(longest);
		expect(await passwords.matches(longest, hash)).toBe(true);
		expect(await passwords.matches(`${longest}x`, hash)).toBe(false);
	});

	test('is hashed at the given cost', async () => {
		expect(bcrypt.getRounds(await createPasswords(5, bcrypt).hash('correct horse'))).toBe(5);
	});

	test('without a hash never matches, but takes as many rounds', async () => {
		const slow = createPasswords(10, bcrypt);
		const hash = await slow.hash('correct horse');
		expect(await slow.matches('correct horse', null)).toBe(false);
		/** Returns the fastest of three times, because a busy machine delays some. */
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

/** Returns the nice values of this process's threads. */
async function prioritiesOfThreads(): Promise<number[]> {
	const ids = await readdir('/proc/self/task');
	const stats = await Promise.all(ids.map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8')));
	// After the name, which may contain anything, the 19th field is at index 16.
	return stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
}

describe('the password threads', () => {
	let threads: PasswordThreads;

	beforeAll(() => {
		threads = startPasswordThreads(2);
	});

	afterAll(() => threads.close());

	test('hash and compare', async () => {
		const hash = await threads.hash('correct horse', 4);
		expect(await threads.compare('correct horse', hash)).toBe(true);
		expect(await threads.compare('wrong', hash)).toBe(false);
	});

	test('queue requests when all are busy, and return each result to its request', async () => {
		const passwords = Array.from({ length: 20 }, (_, index) => `password ${index}`);
		const hashes = await Promise.all(passwords.map((password) => threads.hash(password, 4)));
		const pairs = passwords.map((password, index) => threads.compare(password, hashes[index] ?? ''));
		expect(await Promise.all(pairs)).toEqual(passwords.map(() => true));
	});

	test('report an error, and continue', async () => {
		await expect(threads.hash('x', 99)).rejects.toThrow(/round/i);
		expect(await threads.compare('x', await threads.hash('x', 4))).toBe(true);
	});

	test('rate passwords, also by how much of the email they contain', async () => {
		expect((await threads.rate('Password', 'ada@example.com')).score).toBe(0);
		expect((await threads.rate('correct horse battery', 'ada@example.com')).score).toBe(4);
		expect((await threads.rate('quizzlefranz1', 'quizzlefranz@example.com')).score).toBeLessThan(2);
	});

	test('run at a lower priority than all other threads', async () => {
		await Promise.all([threads.hash('x', 4), threads.hash('y', 4), threads.rate('z', '')]);
		const priorities = await prioritiesOfThreads();
		const others = Math.min(...priorities);
		expect(priorities.filter((priority) => priority !== others)).toEqual(Array(3).fill(others + 5));
	});
});
