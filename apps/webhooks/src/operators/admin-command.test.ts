import { newId } from '@creatorr/contracts/ids';
import { runCommand } from '@creatorr/service/operator-command';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
	accountDeletedMessage,
	jobEndedMessage,
	planChangedMessage,
	startWorld,
	type World,
} from '../testing/world.ts';
import { adminCommands, HELP } from './admin-command.ts';

let world: World;
beforeAll(async () => {
	world = await startWorld();
});
afterAll(() => world?.stop());

const run = (...args: string[]) => runCommand({ args, help: HELP, commands: adminCommands(world.prisma) });

test('an operator sees the endpoints of a user and the last deliveries, but no secrets', async () => {
	const user = world.user();
	world.receiver.respond = (_, res) => res.writeHead(503).end();
	const { id, secret } = await user.createWebhook(`${world.receiver.url}/token-in-the-path`);
	await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await user.data(`/v1/webhooks/${id}`)).toHaveProperty('failing_since'));
	await run('user', user.id, '--by', 'ada');
	const output = await run('user', user.id, '--json', '--by', 'bob');
	expect(JSON.parse(output)).toMatchObject({
		endpoints: [{ id, host: new URL(world.receiver.url).host, status: 'enabled', failures: 1, pending: 1 }],
		last_deliveries: [{ endpoint_id: id, type: 'job.succeeded', status: 'pending', response_status: 503 }],
		operator_actions: [{ operator: 'ada', action: 'user_viewed' }],
	});
	for (const hidden of [secret.slice(6, 30), 'token-in-the-path']) expect(output).not.toContain(hidden);
});

test('an operator sees a delivery even if many later events went to no endpoint', async () => {
	const user = world.user();
	const { id } = await user.createWebhook(world.receiver.url, { events: ['plan.changed'] });
	await world.publish(planChangedMessage(user.id, 1));
	const countEvents = () => world.prisma.event.count({ where: { userId: user.id } });
	await waitFor(async () => expect(await countEvents()).toBe(1));
	for (let count = 0; count < 10; count += 1) await world.publish(jobEndedMessage(user.id));
	await waitFor(async () => expect(await countEvents()).toBe(11));
	const report = JSON.parse(await run('user', user.id, '--json', '--by', 'ada'));
	expect(report.last_deliveries).toMatchObject([{ endpoint_id: id, type: 'plan.changed' }]);
});

test('shows nothing of a deleted account, and keeps no operator action on it', async () => {
	const user = world.user();
	await run('user', user.id, '--by', 'ada');
	await world.publish(accountDeletedMessage(user.id));
	await waitFor(async () =>
		expect(await world.prisma.deletedUser.count({ where: { userId: user.id } })).toBe(1),
	);
	expect(await world.prisma.operatorAction.count({ where: { userId: user.id } })).toBe(0);
	await expect(run('user', user.id)).rejects.toThrow('was deleted');
	await expect(run('user', newId('job'))).rejects.toThrow('is not a user ID');
});
