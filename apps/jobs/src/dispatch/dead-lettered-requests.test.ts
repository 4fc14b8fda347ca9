import { setTimeout as sleep } from 'node:timers/promises';
import { jobRequested, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { QUEUES } from '@creatorr/messaging/topology';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withChannel } from '../testing/bus.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
	world = await startWorld();
	await world.worker('one').heartbeat({ compress_heavy: 100 });
});

afterAll(async () => {
	await world?.stop();
});

const EXCHANGE = 'creatorr.dead-letters';

/** Publishes a text to the queue of dead-lettered job requests. */
async function deadLetter(content: string): Promise<void> {
	await withChannel(world.host.url, async (channel) => {
		channel.publish(EXCHANGE, 'job.requested.compress_heavy', Buffer.from(content), { persistent: true });
		await channel.waitForConfirms();
	});
}

const requestFor = (jobId: string) =>
	JSON.stringify(newEvent(jobRequested, { job_id: jobId, tool: 'compress_heavy' }, newId('req')));

function countDeadLettered(): Promise<number> {
	return withChannel(
		world.host.url,
		async (channel) => (await channel.checkQueue(QUEUES.deadLetters)).messageCount,
	);
}

test('fails a job that no worker could handle, and keeps its message for operators', async () => {
	const user = world.user();
	const jobId = await user.enqueue();
	const before = await countDeadLettered();
	await deadLetter(requestFor(jobId));
	await waitFor(async () => expect((await user.job(jobId)).status).toBe('failed'));
	expect(await user.job(jobId)).toMatchObject({ error_code: 'internal', error_message: expect.any(String) });
	await waitFor(async () => expect(await countDeadLettered()).toBe(before + 1));
});

test('leaves a job running that a worker claimed', async () => {
	const user = world.user();
	const running = await user.enqueue();
	await world.worker('one').take(running);
	await deadLetter(requestFor(running));
	const other = await user.enqueue();
	await deadLetter(requestFor(other));
	await waitFor(async () => expect((await user.job(other)).status).toBe('failed'));
	expect((await user.job(running)).status).toBe('running');
});

test('keeps one copy of a message that is not a job request, and reads it once', async () => {
	const before = await countDeadLettered();
	await deadLetter('{"type":"nonsense"}');
	await waitFor(async () => expect(await countDeadLettered()).toBe(before + 1));
	await sleep(500);
	expect(await countDeadLettered()).toBe(before + 1);
	await withChannel(world.host.url, async (channel) => {
		expect((await channel.checkQueue(QUEUES.jobsDeadLetters)).messageCount).toBe(0);
	});
});
