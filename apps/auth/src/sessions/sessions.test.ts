import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { type FakeGateway, startGateway } from '../testing/fake-gateway.ts';
import { call, isAlive, type Person, register, signIn } from '../testing/requests.ts';

let auth: AuthService;
let gateway: FakeGateway;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	gateway = await startGateway(auth.app);
});

beforeEach(async () => {
	gateway.pushes.length = 0;
	person = await register(auth.app);
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
});

const pushed = () => gateway.pushes.flatMap((push) => push.session_ids).sort();

async function list(of: Person): Promise<{ id: string; current: boolean; user_agent: string | null }[]> {
	return (await call(auth.app, 'get', '/v1/auth/sessions', { person: of }).expect(200)).body.data;
}

describe('the list of sessions', () => {
	test('has live ones, newest first, and marks the current one', async () => {
		const second = await signIn(auth.app, person);
		const third = await signIn(auth.app, person);
		await call(auth.app, 'post', '/v1/auth/logout', { person: second }).expect(204);
		const sessions = await list(person);
		expect(sessions.map(({ id, current }) => [id, current])).toEqual([
			[third.sessionId, false],
			[person.sessionId, true],
		]);
	});

	test('omits expired ones', async () => {
		const other = await signIn(auth.app, person);
		await auth.prisma.session.update({ where: { id: other.sessionId }, data: { expiresAt: new Date() } });
		expect((await list(person)).map(({ id }) => id)).toEqual([person.sessionId]);
	});

	test('shows the 100 that were seen last, including the current one', async () => {
		const session = await auth.prisma.session.findUniqueOrThrow({ where: { id: person.sessionId } });
		const lastSeenAt = new Date(session.lastSeenAt.getTime() - 60_000);
		const data = Array.from({ length: 120 }, () => ({ ...session, id: newId('ses'), lastSeenAt }));
		await auth.prisma.session.createMany({ data });
		const sessions = await list(person);
		expect(sessions).toHaveLength(100);
		expect(sessions.at(-1)).toMatchObject({ id: person.sessionId, current: true });
	});

	test('has only those of the user', async () => {
		await register(auth.app);
		expect(await list(person)).toHaveLength(1);
	});

	test('shows the user agent, truncated to 512 characters', async () => {
		const sent = `agent/${'x'.repeat(2_000)}`;
		await call(auth.app, 'post', '/v1/auth/login')
			.set('User-Agent', sent)
			.send({ email: person.email, password: 'correct horse' })
			.expect(200);
		expect((await list(person))[0]?.user_agent).toBe(sent.slice(0, 512));
	});

	test('shows null without a user agent', async () => {
		expect((await list(person))[0]?.user_agent).toBeNull();
	});
});

describe('signing out one session', () => {
	const signOut = (of: Person, id: string) =>
		call(auth.app, 'delete', `/v1/auth/sessions/${id}`, { person: of });

	test('revokes it at every gateway, and no other', async () => {
		const other = await signIn(auth.app, person);
		await signOut(person, other.sessionId).expect(204);
		expect(await isAlive(auth.app, other.sessionId)).toBe(false);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		expect(pushed()).toEqual([other.sessionId]);
	});

	test('is possible for the current one', async () => {
		await signOut(person, person.sessionId).expect(204);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
	});

	test('returns 404 for another user’s session, and leaves it alive', async () => {
		const stranger = await register(auth.app);
		const response = await signOut(person, stranger.sessionId).expect(404);
		expect(response.body.error.code).toBe('not_found');
		expect(await isAlive(auth.app, stranger.sessionId)).toBe(true);
		expect(pushed()).toEqual([]);
	});

	test.each([
		['text that is not an id', 'x'],
		['an id of something else', newId('fil')],
	])('returns 404 for %s', async (_, id) => {
		await signOut(person, id).expect(404);
	});

	test('returns 404 for an unknown one, even if the database is read-only', async () => {
		await auth.prisma.$transaction(async (tx) => {
			await tx.$executeRaw`LOCK TABLE sessions, revocations IN SHARE MODE`;
			await signOut(person, newId('ses')).expect(404);
		});
	});

	test('returns 404 for a revoked or expired one', async () => {
		const [revoked, expired] = [await signIn(auth.app, person), await signIn(auth.app, person)];
		await signOut(person, revoked.sessionId).expect(204);
		await auth.prisma.session.update({ where: { id: expired.sessionId }, data: { expiresAt: new Date() } });
		await signOut(person, revoked.sessionId).expect(404);
		await signOut(person, expired.sessionId).expect(404);
	});
});

describe('logout-all', () => {
	test('revokes all of the user’s sessions and no others', async () => {
		const [other, stranger] = [await signIn(auth.app, person), await register(auth.app)];
		await call(auth.app, 'post', '/v1/auth/logout-all', { person }).expect(204);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isAlive(auth.app, other.sessionId)).toBe(false);
		expect(await isAlive(auth.app, stranger.sessionId)).toBe(true);
		expect(pushed()).toEqual([person.sessionId, other.sessionId].sort());
	});

	test('pushes thousands of sessions in parts of 5,000', async () => {
		const rows = Array.from({ length: 6_000 }, () => ({
			id: newId('ses'),
			userId: person.id,
			createdAt: new Date(),
			lastSeenAt: new Date(),
			expiresAt: new Date(Date.now() + 60_000),
			clientAddress: '',
		}));
		await auth.prisma.session.createMany({ data: rows });
		await call(auth.app, 'post', '/v1/auth/logout-all', { person }).expect(204);
		expect(pushed()).toEqual([person.sessionId, ...rows.map(({ id }) => id)].sort());
		expect(Math.max(...gateway.pushes.map((push) => push.session_ids.length))).toBe(5_000);
	});
});

describe('the session check', () => {
	test('returns alive until it is revoked', async () => {
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		await call(auth.app, 'post', '/v1/auth/logout', { person }).expect(204);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
	});

	test('returns not alive for an expired or unknown one', async () => {
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { expiresAt: new Date() } });
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isAlive(auth.app, newId('ses'))).toBe(false);
	});

	test('stores when the session was seen, once a minute at most', async () => {
		const lastSeen = async () =>
			(await auth.prisma.session.findUniqueOrThrow({ where: { id: person.sessionId } })).lastSeenAt;
		const atLogin = await lastSeen();
		await isAlive(auth.app, person.sessionId);
		expect(await lastSeen()).toEqual(atLogin);
		const longAgo = new Date(Date.now() - 61_000);
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { lastSeenAt: longAgo } });
		await isAlive(auth.app, person.sessionId);
		expect((await lastSeen()).getTime()).toBeGreaterThan(longAgo.getTime() + 60_000);
	});

	test('returns 400 for a malformed id', async () => {
		const response = await call(auth.app, 'post', '/internal/sessions/check').send({ session_id: 'x' });
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});
});
