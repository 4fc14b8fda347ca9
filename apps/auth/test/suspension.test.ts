import { createIdentitySigner } from '@creatorr/service/identity';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRevocationPusher } from '../src/control/push-revocations.ts';
import { createAccountStore } from '../src/data/accounts.ts';
import { openOperatorStores } from '../src/data/open-operator-stores.ts';
import { newSession } from '../src/domain/session.ts';
import { createSettler } from '../src/domain/settle-revocations.ts';
import { suspendAccount } from '../src/domain/suspend-account.ts';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { privateKeyOf } from './support/callers.ts';
import { beSomebodyElse, type FakeGateway, startGateway } from './support/fake-gateway.ts';
import { mailsTo, RESET, untilAllSent } from './support/mails.ts';
import { call, isAlive, login, PASSWORD, type Person, register, signIn } from './support/requests.ts';

const BY = { name: 'ada', reason: 'sends spam' };

let auth: AuthService;
let gateway: FakeGateway;
let stores: ReturnType<typeof openOperatorStores>;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	gateway = await startGateway(auth.app);
	stores = openOperatorStores(auth.databaseUrl);
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(async () => {
	await stores.close();
	await gateway.stop();
	await auth.close();
});

const suspend = (userId = person.id) => {
	const sign = createIdentitySigner('auth', privateKeyOf('auth'));
	const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
	const settle = createSettler({ ...stores, pushRevocations: createRevocationPusher(sign), logger });
	const deps = { ...stores, settle };
	return suspendAccount(deps, { userId, by: BY });
};
const unsuspend = () => stores.suspensions.unsuspend({ userId: person.id, by: BY });
const forget = (email: string) => call(auth.app, 'post', '/v1/auth/password/forgot').send({ email });
const reset = (token: string | undefined) =>
	call(auth.app, 'post', '/v1/auth/password/reset').send({ token, new_password: 'battery staple' });
const eventsOf = (kind: string) =>
	auth.prisma.securityEvent.findMany({ where: { userId: person.id, kind }, orderBy: { id: 'asc' } });

describe('a suspended account', () => {
	test('has no session any more, told to every gateway before it is done', async () => {
		const other = await signIn(auth.app, person);
		expect(await suspend()).toEqual({ since: expect.any(Date), revokedCount: 2 });
		expect(gateway.pushes.at(-1)?.session_ids.toSorted()).toEqual([person.sessionId, other.sessionId].sort());
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isAlive(auth.app, other.sessionId)).toBe(false);
		expect(await auth.prisma.revocation.count()).toBe(0);
	});

	test('waits out a gateway that does not acknowledge', async () => {
		const deaf = await startGateway(auth.app, beSomebodyElse);
		await suspend();
		expect((await deaf.lease()).granted).toBe(false);
		await deaf.stop();
	});

	test('is not signed in to, and answers as for a wrong password', async () => {
		const wrong = await login(auth.app, person.email, 'wrong password');
		await suspend();
		const right = await login(auth.app, person.email);
		const said = ({ status, body }: typeof right) => [status, body.error.code, body.error.message];
		expect(said(right)).toEqual(said(wrong));
		expect(right.status).toBe(401);
	});

	test('slows the right password like wrong ones, so that it is not told apart', async () => {
		await suspend();
		const statuses: number[] = [];
		for (let tries = 0; tries < 6; tries += 1)
			statuses.push((await login(auth.app, person.email, PASSWORD, '198.51.100.7')).status);
		expect(statuses).toEqual([...Array(5).fill(401), 429]);
	});

	test('lets in none of those who are signing in meanwhile', async () => {
		await Promise.all([suspend(), ...Array.from({ length: 8 }, () => login(auth.app, person.email))]);
		const where = { userId: person.id, revokedAt: null };
		expect(await auth.prisma.session.count({ where })).toBe(0);
	});

	test('is not opened by a sign-in whose password was found right before it', async () => {
		const { passwordHash } = await auth.prisma.user.findUniqueOrThrow({ where: { id: person.id } });
		await suspend();
		const client = { address: '192.0.2.1', userAgent: null };
		const rules = { tokenTtlSeconds: 60, signToken: async () => '' };
		const session = newSession(rules, person.id, client);
		const owner = { userId: person.id, verifiedHash: passwordHash };
		const isOpened = await createAccountStore(auth.prisma, { perEmail: 100, perNetwork: 100 }).openSession(
			owner,
			session,
			'192.0.2.1',
		);
		expect(isOpened).toBe(false);
	});

	test('gets no mail for a new password, and the request is answered as ever', async () => {
		await suspend();
		await forget(person.email).expect(204);
		await untilAllSent(auth);
		expect(await mailsTo(auth, person.email, { about: RESET, count: 0 })).toEqual([]);
	});

	test('is not opened by a mail of before', async () => {
		await forget(person.email).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		await suspend();
		await reset(mail?.token).expect(400);
		await unsuspend();
		await reset(mail?.token).expect(400);
		await login(auth.app, person.email).expect(200);
	});

	test('is not opened by a mail that was just being sent', async () => {
		await forget(person.email).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		const token = await auth.prisma.mailedToken.findFirstOrThrow({
			where: { userId: person.id, kind: 'reset_password' },
		});
		await suspend();
		await auth.prisma.mailedToken.create({ data: token });
		await reset(mail?.token).expect(400);
	});

	test('keeps its email', async () => {
		await suspend();
		const taken = await call(auth.app, 'post', '/v1/auth/register')
			.send({ email: person.email, password: PASSWORD })
			.expect(409);
		expect(taken.body.error.code).toBe('email_taken');
	});

	test('can be suspended again, since when it was', async () => {
		const first = await suspend();
		expect(await suspend()).toEqual({ since: first?.since, revokedCount: 0 });
	});

	test('is signed in to again after the end of it, by no session of before', async () => {
		await suspend();
		expect(await unsuspend()).toBe(true);
		expect(await unsuspend()).toBe(false);
		await login(auth.app, person.email).expect(200);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
	});

	test('shows among its events who did what, and why', async () => {
		await suspend();
		await unsuspend();
		for (const kind of ['account_suspended', 'account_unsuspended']) {
			expect(await eventsOf(kind)).toMatchObject([{ operator: BY.name, reason: BY.reason }]);
		}
	});

	test('is no other’s account', async () => {
		const other = await register(auth.app);
		await suspend();
		expect(await isAlive(auth.app, other.sessionId)).toBe(true);
		await login(auth.app, other.email).expect(200);
		expect(await suspend('usr_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toBeNull();
	});
});
