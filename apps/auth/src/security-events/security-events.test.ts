import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { mailsTo, RESET, untilAllSent, VERIFY } from '../testing/mails.ts';
import { call, login, newEmail, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';
import { pruneSecurityEvents, recordEvent } from './security-events.sql.ts';

const AGENT = 'test agent/1';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ LOGIN_FAILURES_PER_ACCOUNT: '2' });
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(() => auth.close());

const eventsOf = (userId: string | null) =>
	auth.prisma.securityEvent.findMany({ where: { userId }, orderBy: { id: 'asc' } });
const kindsOf = async (userId: string) => (await eventsOf(userId)).map(({ kind }) => kind);

describe('security events', () => {
	test('have user, session, client and request', async () => {
		const requestId = newId('req');
		await call(auth.app, 'post', '/v1/auth/logout', { person, address: '203.0.113.5' })
			.set('User-Agent', AGENT)
			.set('X-Request-Id', requestId)
			.expect(204);
		const [, event] = await eventsOf(person.id);
		expect(event).toEqual({
			id: expect.any(BigInt),
			occurredAt: expect.any(Date),
			kind: 'signed_out',
			userId: person.id,
			sessionId: person.sessionId,
			clientAddress: '203.0.113.5',
			userAgent: AGENT,
			requestId,
			operator: null,
			reason: null,
		});
	});

	test('are recorded for every step of an account', async () => {
		const [second, third] = [await signIn(auth.app, person), await signIn(auth.app, person)];
		const send = (method: 'post' | 'delete', path: string, of?: Person, body?: object) =>
			call(auth.app, method, path, of ? { person: of } : {}).send(body);
		await send('delete', `/v1/auth/sessions/${third.sessionId}`, second).expect(204);
		await login(auth.app, person.email, 'wrong password').expect(401);
		await send('post', '/v1/auth/password', second, {
			current_password: PASSWORD,
			new_password: 'battery staple',
		});
		const [welcome] = await mailsTo(auth, person.email, { about: VERIFY });
		await send('post', '/v1/auth/verify', second, { token: welcome?.token }).expect(204);
		await send('post', '/v1/auth/logout-all', second).expect(204);
		await send('post', '/v1/auth/password/forgot', undefined, { email: person.email }).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		await untilAllSent(auth);
		await send('post', '/v1/auth/password/reset', undefined, { token: mail?.token, new_password: PASSWORD });
		expect(await kindsOf(person.id)).toEqual([
			'registered',
			'signed_in',
			'signed_in',
			'session_revoked',
			'password_wrong',
			'password_changed',
			'email_verified',
			'signed_out_everywhere',
			'password_reset_requested',
			'password_reset',
		]);
		const [revoked] = (await eventsOf(person.id)).filter(({ kind }) => kind === 'session_revoked');
		expect(revoked?.sessionId).toBe(third.sessionId);
	});

	test('are recorded for wrong passwords of unknown emails, without the email', async () => {
		const email = newEmail();
		await auth.prisma.securityEvent.deleteMany({ where: { userId: null } });
		await login(auth.app, email, 'wrong').expect(401);
		const events = await eventsOf(null);
		expect(events.map(({ kind }) => kind)).toEqual(['password_wrong']);
		expect(JSON.stringify(events, (_, value) => String(value))).not.toContain(email);
	});

	test('are recorded once a minute for throttled attempts', async () => {
		await Promise.all([1, 2].map(() => login(auth.app, person.email, 'wrong')));
		await auth.prisma
			.$executeRaw`UPDATE login_failures SET last_failed_at = last_failed_at + interval '1 hour'`;
		for (let tries = 0; tries < 3; tries += 1) await login(auth.app, person.email, 'wrong').expect(429);
		await auth.prisma.loginFailure.deleteMany();
		const throttled = (await kindsOf(person.id)).filter((kind) => kind === 'password_throttled');
		expect(throttled).toHaveLength(1);
	});

	test('contain no password, token or email, and have log lines of the same names', async () => {
		await login(auth.app, person.email, 'wrong secret').expect(401);
		const { token } = await signIn(auth.app, person);
		const events = await eventsOf(person.id);
		const kept = JSON.stringify(events, (_, value) => String(value));
		for (const secret of [person.email, PASSWORD, 'wrong secret', token]) expect(kept).not.toContain(secret);
		const lines = auth.log.filter(({ fields }) => fields.user_id === person.id).map(({ event }) => event);
		expect(lines).toEqual(expect.arrayContaining(events.map(({ kind }) => `security.${kind}`)));
	});

	test('are never changed', async () => {
		const change = auth.prisma.securityEvent.updateMany({ data: { userId: 'somebody else' } });
		await expect(change).rejects.toThrow(/never changed/);
		await expect(auth.prisma.$executeRaw`TRUNCATE security_events`).rejects.toThrow(/never changed/);
	});

	test('are deleted with the account, except for its deletion', async () => {
		await login(auth.app, person.email, 'wrong').expect(401);
		await call(auth.app, 'delete', '/v1/me', { person })
			.set('User-Agent', AGENT)
			.send({ password: PASSWORD });
		expect(await eventsOf(person.id)).toMatchObject([
			{ kind: 'account_deleted', sessionId: null, clientAddress: null, userAgent: null },
		]);
	});

	test('are not recorded for an account that was deleted meanwhile', async () => {
		const client = { address: '203.0.113.5', userAgent: AGENT };
		await auth.prisma.user.delete({ where: { id: person.id } });
		await recordEvent(auth.prisma, { kind: 'password_wrong', userId: person.id, sessionId: null, client });
		expect(await kindsOf(person.id)).toEqual(['registered']);
	});

	test('are not recorded when the transaction fails', async () => {
		await auth.prisma.$executeRaw`ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (false) NOT VALID`;
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(500);
		await auth.prisma.$executeRaw`ALTER TABLE outbox DROP CONSTRAINT full_disk`;
		expect(await kindsOf(person.id)).toEqual(['registered']);
	});

	test('are deleted after their retention, and no sooner', async () => {
		const DAY_MS = 86_400_000;
		const event = (days: number) => ({
			kind: `of ${days}`,
			occurredAt: new Date(Date.now() - days * DAY_MS),
		});
		await auth.prisma.securityEvent.createMany({ data: [event(31), event(29)] });
		await pruneSecurityEvents.run(
			{ prisma: auth.prisma, securityEventsDays: 30 },
			new AbortController().signal,
		);
		const left = await auth.prisma.securityEvent.findMany({ where: { kind: { startsWith: 'of ' } } });
		expect(left.map(({ kind }) => kind)).toEqual(['of 29']);
	});
});
