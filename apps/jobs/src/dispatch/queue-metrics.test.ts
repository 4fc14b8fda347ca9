import { newId } from '@creatorr/contracts/ids';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { emptyQueues, fillQueue } from '../testing/queue.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld();
}, 60_000);
afterEach(() => emptyQueues(world));
afterAll(() => world?.stop());

/** Returns the scraped value of a tool, or undefined if there is none. */
async function scraped(name: string, tool: string): Promise<number | undefined> {
	const text = await (await fetch(`${world.url}/metrics`)).text();
	const start = `creatorr_jobs_${name}{tool="${tool}"} `;
	const line = text.split('\n').find((candidate) => candidate.startsWith(start));
	return line === undefined ? undefined : Number(line.slice(start.length));
}

test('shows a backlog of 0 for a tool without jobs', async () => {
	for (const name of ['queued', 'running', 'unfinished', 'oldest_queued_seconds']) {
		expect(await scraped(name, 'ocr')).toBe(0);
	}
});

test('counts queued jobs by tool, even without a live worker', async () => {
	await fillQueue(world, { userId: newId('usr'), count: 3, tool: 'ocr' });
	await fillQueue(world, { userId: newId('usr'), count: 2, tool: 'compress_heavy' });
	expect(await scraped('queued', 'ocr')).toBe(3);
	expect(await scraped('queued', 'compress_heavy')).toBe(2);
	expect(await scraped('running', 'ocr')).toBe(0);
	expect(await (await fetch(`${world.url}/metrics`)).text()).toMatch(/^creatorr_jobs_backlog 5$/m);
});

test('counts a job that a worker runs as running and unfinished', async () => {
	const user = world.user();
	const id = await user.enqueue('ocr');
	await user.enqueue('ocr');
	await world.worker('a').take(id);
	expect(await scraped('queued', 'ocr')).toBe(1);
	expect(await scraped('running', 'ocr')).toBe(1);
	expect(await scraped('unfinished', 'ocr')).toBe(2);
});

test('does not count ended jobs', async () => {
	const user = world.user();
	const id = await user.enqueue('ocr');
	await user.call('POST', `/v1/jobs/${id}/cancel`);
	expect(await scraped('unfinished', 'ocr')).toBe(0);
});

test('shows the age of the oldest queued job', async () => {
	const anHourAgo = new Date(Date.now() - 3_600_000);
	await fillQueue(
		world,
		{ userId: newId('usr'), count: 1, tool: 'ocr', createdAt: anHourAgo },
		{ userId: newId('usr'), count: 1, tool: 'ocr' },
	);
	const seconds = (await scraped('oldest_queued_seconds', 'ocr')) ?? 0;
	expect(seconds).toBeGreaterThanOrEqual(3_599);
	expect(seconds).toBeLessThan(3_900);
});
