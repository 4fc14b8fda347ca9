import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { jobEndedMessage, startWorld, type World } from '../testing/world.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld({
		overrides: { WEBHOOK_CONCURRENT_ATTEMPTS: '4', WEBHOOK_CONCURRENT_ATTEMPTS_PER_ENDPOINT: '1' },
	});
});
beforeEach(() => world.receiver.reset());
afterAll(() => world?.stop());

test('slow endpoints don’t delay others, although they could use every attempt', async () => {
	const [slow, fast] = [world.user(), world.user()];
	const hanging: ServerResponse[] = [];
	world.receiver.respond = ({ path }, res) =>
		path === '/fast' ? res.writeHead(204).end() : hanging.push(res);
	for (let index = 0; index < 5; index += 1) await slow.createWebhook(`${world.receiver.url}/slow`);
	await world.prisma.endpoint.updateMany({ where: { userId: slow.id }, data: { slow: true } });
	await fast.createWebhook(`${world.receiver.url}/fast`);
	await world.publish(jobEndedMessage(slow.id));
	await waitFor(() => expect(world.receiver.of('/slow')).toHaveLength(2));
	for (let index = 0; index < 10; index += 1) await world.publish(jobEndedMessage(fast.id));
	await waitFor(() => expect(world.receiver.of('/fast')).toHaveLength(10));
	expect(world.receiver.of('/slow')).toHaveLength(2);
	for (const res of hanging) res.end();
}, 60_000);

test('the next delivery to an endpoint starts when the last one ends', async () => {
	const user = world.user();
	let running = 0;
	let most = 0;
	world.receiver.respond = async ({ path }, res) => {
		// Deliveries of the other test may still be on their way.
		if (path !== '/one') return res.end();
		running += 1;
		most = Math.max(most, running);
		await sleep(5);
		running -= 1;
		res.writeHead(204).end();
	};
	await user.createWebhook(`${world.receiver.url}/one`);
	for (let index = 0; index < 10; index += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(() => expect(world.receiver.of('/one')).toHaveLength(10));
	expect(most).toBe(1);
});
