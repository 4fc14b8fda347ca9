import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { loadConfig } from '@creatorr/service/config';
import { runCommand } from '@creatorr/service/operator-command';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { configSchema } from '../config.ts';
import { NOBODY } from '../testing/fake-services.ts';
import { startWorld, subscribe, type User, type World, waitForPlan } from '../testing/world.ts';
import { adminCommands, depsOf, HELP } from './admin-command.ts';
import { openOperatorData } from './operators.sql.ts';

const ADMIN = fileURLToPath(new URL('../admin.ts', import.meta.url));
const WHY = ['--reason', 'a lost week', '--by', 'ada', '--json'];

// Starting a command takes long on a busy machine.
jest.setTimeout(180_000);

let world: World;
let data: ReturnType<typeof openOperatorData>;
beforeAll(async () => {
	world = await startWorld({ SUBSCRIPTION_SYNC_INTERVAL_SECONDS: '1' });
	data = openOperatorData(world.env.BILLING_DATABASE_URL);
}, 120_000);
afterAll(async () => {
	await data?.close();
	await world?.stop();
});

function run(...args: string[]): Promise<string> {
	const config = loadConfig(configSchema, world.env);
	return runCommand({ args, help: HELP, commands: adminCommands(depsOf(config, data)) });
}

/** Runs a command as an operator does, with the service's environment. */
async function runProcess(...args: string[]): Promise<string> {
	return (await promisify(execFile)(process.execPath, [ADMIN, ...args], { env: world.env })).stdout;
}

const grant = async (user: User, end = '2099-12-31') =>
	JSON.parse(await run('grant', user.id, 'pro', '--until', end, ...WHY));
const revoke = async (user: User) => JSON.parse(await run('revoke-grant', user.id, ...WHY));
const rowOf = (user: User) => world.prisma.customer.findUniqueOrThrow({ where: { userId: user.id } });
const actionsOf = (user: User) =>
	world.prisma.operatorAction.findMany({ where: { userId: user.id }, orderBy: { id: 'asc' } });

/** Waits until the other services have received these plans. */
async function waitForPublishedPlans(user: User, plans: string[]): Promise<void> {
	await waitFor(() => expect(world.planChangesOf(user.id).map(({ plan }) => plan)).toEqual(plans));
}

/** Lets the grant expire. */
async function endGrant(user: User): Promise<void> {
	const past = new Date(Date.now() - 1_000);
	await world.prisma.customer.update({
		where: { userId: user.id },
		data: { proGrantedUntil: past, syncAt: past },
	});
}

describe('a grant', () => {
	test('puts a user on Pro at once, and publishes the plan', async () => {
		const user = world.user();
		expect(await grant(user)).toEqual({
			user_id: user.id,
			plan: 'pro',
			pro_granted_until: '2100-01-01T00:00:00.000Z',
		});
		expect(await user.billing()).toMatchObject({ plan: 'pro', status: 'none' });
		await waitForPublishedPlans(user, ['pro']);
	});

	test('ends at its date, and publishes the plan', async () => {
		const user = world.user();
		await grant(user);
		await waitFor(async () => {
			const { syncAt, proGrantedUntil } = await rowOf(user);
			expect(syncAt).toEqual(proGrantedUntil);
		});
		await endGrant(user);
		await waitForPublishedPlans(user, ['pro', 'free']);
		expect(world.planChangesOf(user.id).map(({ version }) => version)).toEqual([1, 2]);
		await waitFor(async () => expect((await rowOf(user)).syncAt).toBeNull());
	});

	test('is not undone by a sync with Stripe', async () => {
		const user = world.user();
		const subscription = await subscribe(world, user);
		await grant(user);
		await world.stripe.api.subscriptions.cancel(subscription);
		await waitFor(async () => expect((await user.billing()).status).toBe('canceled'));
		expect((await user.billing()).plan).toBe('pro');
		await endGrant(user);
		await waitForPlan(user, 'free');
		await waitForPublishedPlans(user, ['pro', 'free']);
	});

	test('that ends keeps a paying user on Pro, and publishes nothing', async () => {
		const user = world.user();
		await subscribe(world, user);
		await grant(user);
		await endGrant(user);
		await waitFor(async () =>
			expect((await rowOf(user)).syncAt?.getTime()).toBeGreaterThan(Date.now() - 500),
		);
		expect((await user.billing()).plan).toBe('pro');
		await waitForPublishedPlans(user, ['pro']);
	});

	test('that is revoked returns to the plan in Stripe', async () => {
		const [paying, other] = [world.user(), world.user()];
		await subscribe(world, paying);
		for (const user of [paying, other]) await grant(user);
		expect((await revoke(paying)).plan).toBe('pro');
		expect((await revoke(other)).plan).toBe('free');
		await waitForPublishedPlans(other, ['pro', 'free']);
		await waitForPublishedPlans(paying, ['pro']);
		await expect(revoke(other)).rejects.toThrow(`${other.id} has no grant`);
	});

	test('is given and revoked while Stripe is down', async () => {
		const user = world.user();
		await user.openCheckout();
		await world.stripe.control('/switches', { api: { down: 'unavailable' } });
		try {
			await grant(user);
			await waitForPlan(user, 'pro');
			await revoke(user);
			await waitForPlan(user, 'free');
		} finally {
			await world.stripe.control('/switches', { api: { down: false } });
		}
	});

	test('waits for a sync that locks the customer for longer than the statement timeout', async () => {
		const user = world.user();
		await grant(user);
		let revoked: Promise<object> | undefined;
		await world.prisma.$transaction(
			async (tx) => {
				await tx.$queryRaw`SELECT 1 FROM customers WHERE user_id = ${user.id} FOR UPDATE`;
				revoked = revoke(user);
				// A command that gives up does so here, and not during the wait.
				await Promise.race([revoked, tx.$queryRaw`SELECT 1 FROM pg_sleep(14)`]);
				await Promise.race([revoked, tx.$queryRaw`SELECT 1 FROM pg_sleep(3)`]);
			},
			{ timeout: 60_000 },
		);
		expect(await revoked).toMatchObject({ plan: 'free' });
	});

	test('doesn’t keep the user from subscribing', async () => {
		const user = world.user();
		await grant(user);
		await subscribe(world, user);
		const isSubscribed = { plan: 'pro', status: 'active' };
		await waitFor(async () => expect(await user.billing()).toMatchObject(isSubscribed));
	});

	test('is recorded with operator and reason, which can’t be changed and are deleted with the account', async () => {
		const user = world.user();
		await grant(user);
		await revoke(user);
		await run('user', user.id, '--by', 'bob');
		expect(await actionsOf(user)).toMatchObject([
			{ action: 'pro_granted', operator: 'ada', reason: 'a lost week', subject: '2100-01-01T00:00:00.000Z' },
			{ action: 'grant_revoked', operator: 'ada', reason: 'a lost week' },
			{ action: 'user_viewed', operator: 'bob', reason: null },
		]);
		const change = world.prisma.operatorAction.updateMany({ data: { operator: 'eve' } });
		await expect(change).rejects.toThrow(/never changed/);
		await world.publish(newEvent(accountDeleted, { user_id: user.id }, newId('req')));
		await waitFor(async () => expect(await actionsOf(user)).toEqual([]));
		await expect(grant(user)).rejects.toThrow(`${user.id} was deleted`);
	});
});

test('the command shows the plan with its reasons and its use', async () => {
	const user = world.user();
	const subscription = await subscribe(world, user);
	expect(JSON.parse(await runProcess('user', user.id, '--json', '--by', 'ada'))).toMatchObject({
		plan: 'pro',
		pro_granted_until: null,
		stripe_customer_id: expect.stringMatching(/^cus_/),
		subscriptions: [{ id: subscription, status: 'active' }],
		usage: expect.arrayContaining([expect.objectContaining({ name: 'stored_bytes', used: 1234 })]),
	});
});

test('the command shows the end of the backoff as the next read after failed reads', async () => {
	const user = world.user();
	const [due, backoffEnds] = [new Date('2099-01-01T00:00:00Z'), new Date('2099-01-02T00:00:00Z')];
	await world.prisma.customer.create({ data: { userId: user.id, syncAt: due, notBefore: backoffEnds } });
	const shown = JSON.parse(await run('user', user.id, '--json'));
	expect(shown).toMatchObject({ next_sync_at: backoffEnds.toISOString() });
});

test.each([
	['an unknown user', ['user', NOBODY], 'No such user: usr_'],
	['a grant to nobody', ['grant', NOBODY, 'pro', '--until', '2099-01-01', ...WHY], 'No such user: usr_'],
	['a user by an email', ['user', 'a@example.com'], '"a@example.com" is not a user ID'],
	['a plan that can’t be granted', ['grant', NOBODY, 'free', '--until', '2099-01-01'], 'Can’t grant free'],
	[
		'a day that has gone',
		['grant', NOBODY, 'pro', '--until', '2020-01-01', ...WHY],
		'--until needs a future date',
	],
	[
		'a date that does not exist',
		['grant', NOBODY, 'pro', '--until', '2099-02-30', ...WHY],
		'--until needs a future date',
	],
	[
		'a day without a year to come after',
		['grant', NOBODY, 'pro', '--until', '9999-12-31', ...WHY],
		'100 years',
	],
	[
		'a time that is far away',
		['grant', NOBODY, 'pro', '--until', '2200-01-01T00:00:00Z', ...WHY],
		'100 years',
	],
	['a grant without an end', ['grant', NOBODY, 'pro', ...WHY], '--until needs a future date'],
	['a grant without a reason', ['grant', NOBODY, 'pro', '--until', '2099-01-01'], '--reason needs a text'],
])('refuses %s, and says why', async (_, args, said) => {
	await expect(run(...args)).rejects.toThrow(said);
});
