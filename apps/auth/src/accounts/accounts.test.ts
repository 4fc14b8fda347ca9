import { newEvent, planChanged } from '@creatorr/contracts/events';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import { type Broker, connectBroker } from '@creatorr/messaging/connection';
import { createPublisher, type Publish } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsBilling, signAsWorker } from '../testing/callers.ts';
import { call, newEmail, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';

let auth: AuthService;
let broker: Broker;
let publish: Publish;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
	publish = createPublisher(broker);
	// The connection is made in the background.
	await waitUntil(() =>
		publishPlan(newId('usr'), 'pro', 1).then(
			() => true,
			() => false,
		),
	);
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(async () => {
	await broker.close();
	await auth.close();
});

const planOf = async (of: Person): Promise<Plan> =>
	(await call(auth.app, 'get', '/v1/me', { person: of }).expect(200)).body.data.plan;

const logEntriesOf = (userId: string) =>
	auth.log.filter(({ event, fields }) => event === 'account.plan_changed' && fields.user_id === userId);

/** Publishes a change and waits until it was handled. Returns whether it changed anything. */
async function publishPlan(userId: string, plan: Plan, version: number): Promise<unknown> {
	const before = logEntriesOf(userId).length;
	await publish(newEvent(planChanged, { user_id: userId, plan, version }, newId('req')));
	await waitUntil(() => logEntriesOf(userId).length > before);
	return logEntriesOf(userId).at(-1)?.fields.changed;
}

describe('a change of plan', () => {
	test('is shown by /v1/me and every later sign-in', async () => {
		expect(await planOf(person)).toBe('free');
		expect(await publishPlan(person.id, 'pro', 1)).toBe(true);
		expect(await planOf(person)).toBe('pro');
		expect(await planOf(await signIn(auth.app, person))).toBe('pro');
		expect(await publishPlan(person.id, 'free', 2)).toBe(true);
		expect(await planOf(person)).toBe('free');
	});

	test('changes nothing when it is repeated or late', async () => {
		await publishPlan(person.id, 'pro', 5);
		expect(await publishPlan(person.id, 'pro', 5)).toBe(false);
		expect(await publishPlan(person.id, 'free', 4)).toBe(false);
		expect(await planOf(person)).toBe('pro');
	});

	test('ends with the last version when many arrive in any order', async () => {
		const changes = Array.from({ length: 50 }, (_, index) => {
			const plan = index === 49 || index % 2 ? 'pro' : 'free';
			return newEvent(planChanged, { user_id: person.id, plan, version: index + 1 }, newId('req'));
		});
		await Promise.all(changes.toReversed().map((change) => publish(change)));
		await waitUntil(() => logEntriesOf(person.id).length >= changes.length);
		expect(await planOf(person)).toBe('pro');
		const { planVersion } = await auth.prisma.user.findUniqueOrThrow({ where: { id: person.id } });
		expect(planVersion).toBe(50n);
	});

	test('changes only its own user', async () => {
		const other = await register(auth.app);
		await publishPlan(person.id, 'pro', 1);
		expect(await planOf(other)).toBe('free');
	});

	test('is ignored for a deleted or unknown account', async () => {
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		expect(await publishPlan(person.id, 'pro', 1)).toBe(false);
		expect(await publishPlan(newId('usr'), 'pro', 1)).toBe(false);
		expect(auth.log.filter(({ event }) => event === 'event.dead_lettered')).toEqual([]);
	});
});

const account = (id: string, identity = signAsBilling()) =>
	request(auth.app).get(`/internal/accounts/${id}`).set(IDENTITY_HEADER, identity);

test('billing reads email and name of an account', async () => {
	const email = newEmail();
	const { body } = await call(auth.app, 'post', '/v1/auth/register')
		.send({ email, password: PASSWORD, name: 'Ada' })
		.expect(201);
	expect((await account(body.data.user.id).expect(200)).body).toEqual({
		data: { email, name: 'Ada', email_verified: false },
	});
});

test('a missing name is null', async () => {
	const { id, email } = await register(auth.app);
	expect((await account(id).expect(200)).body.data).toEqual({ email, name: null, email_verified: false });
});

test('a deleted or unknown account returns 404', async () => {
	const person = await register(auth.app);
	await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
	for (const id of [person.id, newId('usr')]) {
		expect((await account(id).expect(404)).body.error.code).toBe('not_found');
	}
});

test('other callers get 401', async () => {
	const { id } = await register(auth.app);
	await account(id, signAsWorker()).expect(401);
});
