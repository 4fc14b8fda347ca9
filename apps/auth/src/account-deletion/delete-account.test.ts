import { accountDeleted } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { type FakeGateway, startGateway } from '../testing/fake-gateway.ts';
import { call, isAlive, login, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';

let auth: AuthService;
let gateway: FakeGateway;
let person: Person;
let stopListening: () => Promise<void>;
/** Events that the other services received. */
const deletions: { user: string; requestId: string }[] = [];

async function listen(): Promise<() => Promise<void>> {
	const broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
	const consumer = startConsumer(broker, {
		queue: QUEUES.filesAccountDeleted,
		definition: accountDeleted,
		prefetch: 1,
		logger: silent,
		async handle(event) {
			deletions.push({ user: event.data.user_id, requestId: event.request_id });
		},
	});
	return async () => {
		await consumer.stop();
		await broker.close();
	};
}

beforeAll(async () => {
	auth = await startAuth();
	gateway = await startGateway(auth.app);
	stopListening = await listen();
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(async () => {
	await stopListening();
	await gateway.stop();
	await auth.close();
});

/** Waits until the registration mail was sent and its token exists. */
const untilMailed = () =>
	waitUntil(async () => (await auth.prisma.mailedToken.count({ where: { userId: person.id } })) > 0);

const leave = (of: Person, body: object = { password: PASSWORD }) =>
	call(auth.app, 'delete', '/v1/me', { person: of }).send(body);

describe('the deletion of an account', () => {
	test('revokes every session at every gateway before it responds', async () => {
		const other = await signIn(auth.app, person);
		await leave(person).expect(204);
		expect(gateway.pushes.at(-1)?.session_ids.toSorted()).toEqual([person.sessionId, other.sessionId].sort());
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isAlive(auth.app, other.sessionId)).toBe(false);
	});

	test('frees the email for another account at once', async () => {
		await leave(person).expect(204);
		await login(auth.app, person.email).expect(401);
		const response = await call(auth.app, 'post', '/v1/auth/register')
			.send({ email: person.email, password: PASSWORD })
			.expect(201);
		expect(response.body.data.user.id).not.toBe(person.id);
	});

	test('leaves no personal data except the mail about it', async () => {
		const { prisma } = auth;
		const later = new Date(Date.now() + 3_600_000);
		const mail = { kind: 'reset_password' as const, email: person.email, dueAt: later };
		await prisma.mail.create({ data: { ...mail, clientAddress: '', requestId: newId('req') } });
		await untilMailed();
		await leave(person).expect(204);
		expect(await prisma.user.count({ where: { id: person.id } })).toBe(0);
		expect(await prisma.session.count({ where: { userId: person.id } })).toBe(0);
		expect(await prisma.knownNetwork.count({ where: { userId: person.id } })).toBe(0);
		expect(await prisma.revocation.count()).toBe(0);
		// Only the mail about the deletion is left, until it is sent.
		expect(await prisma.mail.count({ where: { email: person.email } })).toBe(0);
		const notices = await prisma.notice.findMany({ where: { email: person.email } });
		expect(notices.filter(({ kind }) => kind !== 'account_deleted')).toEqual([]);
		expect(await prisma.mailedToken.count({ where: { userId: person.id } })).toBe(0);
		const events = await prisma.securityEvent.findMany({ where: { userId: person.id } });
		expect(events.map(({ kind, clientAddress }) => [kind, clientAddress])).toEqual([
			['account_deleted', null],
		]);
	});

	test('is published to the other services with its request id', async () => {
		const requestId = newId('req');
		await leave(person).set('X-Request-Id', requestId).expect(204);
		await waitUntil(() => deletions.some(({ user }) => user === person.id));
		expect(deletions).toContainEqual({ user: person.id, requestId });
		await waitUntil(async () => (await auth.prisma.outbox.count()) === 0);
	});

	test('publishes nothing when the commit fails', async () => {
		const { prisma } = auth;
		await prisma.$executeRaw`
			CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`;
		await prisma.$executeRaw`
			CREATE CONSTRAINT TRIGGER refuse AFTER DELETE ON users DEFERRABLE INITIALLY DEFERRED
			FOR EACH ROW EXECUTE FUNCTION refuse()`;
		await leave(person).expect(500);
		await prisma.$executeRaw`DROP FUNCTION refuse CASCADE`;
		const next = await register(auth.app);
		await leave(next).expect(204);
		await waitUntil(() => deletions.some(({ user }) => user === next.id));
		expect(deletions.some(({ user }) => user === person.id)).toBe(false);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
	});

	test.each([
		['a wrong password', { password: 'wrong' }, 401, 'invalid_credentials'],
		['no password', {}, 400, 'validation'],
		['a password that is a list', { password: [PASSWORD] }, 400, 'validation'],
	])('with %s changes nothing', async (_, body, status, code) => {
		const response = await leave(person, body);
		expect([response.status, response.body.error.code]).toEqual([status, code]);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
	});

	test('returns 400 without a body', async () => {
		await call(auth.app, 'delete', '/v1/me', { person }).expect(400);
	});

	test('succeeds once for two concurrent requests', async () => {
		const responses = await Promise.all([leave(person), leave(person)]);
		expect(responses.map(({ status }) => status).sort()).toEqual([204, 401]);
	});

	test('returns 401 when it is repeated', async () => {
		await leave(person).expect(204);
		await leave(person).expect(401);
		await call(auth.app, 'get', '/v1/me', { person }).expect(401);
	});

	test('leaves the account unchanged when the outbox fails', async () => {
		await auth.prisma.$executeRaw`ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (false) NOT VALID`;
		await leave(person).expect(500);
		await auth.prisma.$executeRaw`ALTER TABLE outbox DROP CONSTRAINT full_disk`;
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		await login(auth.app, person.email).expect(200);
	});
});
