import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PasswordThreads, startPasswordThreads } from './password-threads.ts';

let threads: PasswordThreads;

beforeAll(() => {
	threads = startPasswordThreads(2);
});

afterAll(() => threads.close());

/** The priorities of this process's threads, the lower the higher the number. */
async function prioritiesOfThreads(): Promise<number[]> {
	const ids = await readdir('/proc/self/task');
	const stats = await Promise.all(ids.map((id) => readFile(`/proc/self/task/${id}/stat`, 'utf8')));
	// Behind the name, which may hold anything; the 19th field of all is the 17th from there.
	return stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
}

describe('threads for passwords', () => {
	test('hash and compare', async () => {
		const hash = await threads.hash('correct horse', 4);
		expect(await threads.compare('correct horse', hash)).toBe(true);
		expect(await threads.compare('wrong', hash)).toBe(false);
	});

	test('take more questions than they are, and mix none up', async () => {
		const passwords = Array.from({ length: 20 }, (_, index) => `password ${index}`);
		const hashes = await Promise.all(passwords.map((password) => threads.hash(password, 4)));
		const pairs = passwords.map((password, index) => threads.compare(password, hashes[index] ?? ''));
		expect(await Promise.all(pairs)).toEqual(passwords.map(() => true));
	});

	test('tell what went wrong, and go on', async () => {
		await expect(threads.hash('x', 99)).rejects.toThrow(/round/i);
		expect(await threads.compare('x', await threads.hash('x', 4))).toBe(true);
	});

	test('rate passwords, in view of the email', async () => {
		expect(await threads.rate('Password', 'ada@example.com')).toBe(0);
		expect(await threads.rate('correct horse battery', 'ada@example.com')).toBe(4);
		expect(await threads.rate('quizzlefranz1', 'quizzlefranz@example.com')).toBeLessThan(2);
	});

	test('let everything else go first', async () => {
		await Promise.all([threads.hash('x', 4), threads.hash('y', 4), threads.rate('z', '')]);
		const priorities = await prioritiesOfThreads();
		expect(priorities.filter((priority) => priority >= 10)).toHaveLength(3);
		expect(priorities.filter((priority) => priority === Math.min(...priorities)).length).toBeGreaterThan(2);
	});
});
