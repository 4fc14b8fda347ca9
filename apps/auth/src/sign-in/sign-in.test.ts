import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { rankDistance, timeBoth } from '../testing/rank-test.ts';
import { call, login, newEmail, PASSWORD, type Person, register } from '../testing/requests.ts';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	person = await register(auth.app);
});

afterAll(() => auth.close());

describe('login', () => {
	test('opens a new session', async () => {
		const response = await login(auth.app, person.email).expect(200);
		expect(response.body.data.user).toEqual({
			id: person.id,
			email: person.email,
			email_verified: false,
			name: null,
			plan: 'free',
		});
		expect(response.body.data.token).not.toBe(person.token);
	});

	test('returns the same response for a wrong password and an unknown email', async () => {
		const wrong = await login(auth.app, person.email, 'wrong password').expect(401);
		const unknown = await login(auth.app, newEmail(), 'wrong password').expect(401);
		const { request_id: _, ...errorFields } = wrong.body.error;
		expect(unknown.body.error).toMatchObject(errorFields);
		expect(errorFields.code).toBe('invalid_credentials');
	});

	test('counts failures of an unknown email like those of an account', async () => {
		const email = newEmail();
		for (let tries = 0; tries < 5; tries += 1) await login(auth.app, email, 'wrong').expect(401);
		await auth.prisma.loginFailure.updateMany({ data: { lastFailedAt: new Date(Date.now() + 60_000) } });
		await login(auth.app, email, 'wrong').expect(429);
		await auth.prisma.loginFailure.deleteMany();
	});

	test.each([
		['a malformed email', { email: 'nobody', password: PASSWORD }, 401],
		['an empty password', { email: 'a@example.com', password: '' }, 401],
		['no password', { email: 'a@example.com' }, 400],
		['a password that is an object', { email: 'a@example.com', password: { $ne: '' } }, 400],
		['a password of 2,000 characters', { email: 'a@example.com', password: 'a'.repeat(2_000) }, 400],
	])('refuses %s', async (_, body, status) => {
		expect((await call(auth.app, 'post', '/v1/auth/login').send(body)).status).toBe(status);
	});

	test('accepts concurrent right passwords', async () => {
		const responses = await Promise.all(
			Array.from({ length: 20 }, () => login(auth.app, person.email).then(({ status }) => status)),
		);
		expect(new Set(responses)).toEqual(new Set([200]));
	});

	test('opens no session when the password changes during the comparison', async () => {
		const victim = await register(auth.app);
		let statuses: Promise<number> | undefined;
		await auth.prisma.$transaction(async (tx) => {
			await tx.user.update({ where: { id: victim.id }, data: { passwordHash: 'changed' } });
			statuses = login(auth.app, victim.email).then(({ status }) => status);
			await new Promise((resolve) => setTimeout(resolve, 300));
		});
		expect(await statuses).toBe(401);
		expect(await auth.prisma.session.count({ where: { userId: victim.id } })).toBe(1);
	});

	test('is logged with the user and without email, password or token', async () => {
		await login(auth.app, person.email, 'wrong secret').expect(401);
		const response = await login(auth.app, person.email).expect(200);
		const of = (event: string) =>
			auth.log.filter((line) => line.event === event && line.fields.user_id === person.id);
		expect(of('security.password_wrong').length).toBeGreaterThan(0);
		expect(of('security.signed_in').length).toBeGreaterThan(0);
		const logged = JSON.stringify(auth.log);
		for (const secret of [person.email, PASSWORD, 'wrong secret', response.body.data.token]) {
			expect(logged).not.toContain(secret);
		}
	});

	test('returns 429 with Retry-After when too many passwords wait to be compared', async () => {
		const busy = await auth.startReplica({
			BCRYPT_MAX_WAITING: '0',
			BCRYPT_CONCURRENCY: '1',
			BCRYPT_COST: '10',
		});
		const responses = await Promise.all(Array.from({ length: 4 }, () => login(busy, newEmail(), 'wrong')));
		expect(responses.map(({ status }) => status).sort()).toEqual([401, 429, 429, 429]);
		const refused = responses.find(({ status }) => status === 429);
		expect(refused?.body.error.code).toBe('rate_limited');
		expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
	});
});

describe('GET /v1/me', () => {
	test('returns the user', async () => {
		const response = await call(auth.app, 'get', '/v1/me', { person }).expect(200);
		const { id, email } = person;
		expect(response.body).toEqual({ data: { id, email, email_verified: false, name: null, plan: 'free' } });
	});

	test('returns 401 without a user', async () => {
		await call(auth.app, 'get', '/v1/me').expect(401);
	});
});

const ROUNDS = 40;
/** However busy the machine is. */
const TIMEOUT_MS = 300_000;
/** Rank distance that chance exceeds once in a million runs. */
const FAR = 5;

describe('the response time', () => {
	/** A replica with slow hashes and no limits. */
	let slow: string;
	let email: string;

	beforeAll(async () => {
		slow = await auth.startReplica({
			LOGIN_FAILURES_PER_ACCOUNT: '100000',
			LOGIN_FAILURES_PER_NETWORK: '100000',
			MAILS_PER_NETWORK: '100000',
			MAILS_PER_EMAIL: '100000',
			// A comparison has to take longer than everything else, also on a busy machine, so that the test notices when it is skipped.
			BCRYPT_COST: '10',
		});
		email = (await register(slow)).email;
	});

	test(
		'of a wrong password is the same for an email without an account',
		async () => {
			const unknown = newEmail();
			const [known, nobodys] = await timeBoth(ROUNDS, [
				() => login(slow, email, 'wrong').expect(401),
				() => login(slow, unknown, 'wrong').expect(401),
			]);
			expect(rankDistance(known, nobodys)).toBeLessThan(FAR);
		},
		TIMEOUT_MS,
	);

	test(
		'of a forgotten password is the same for an email without an account',
		async () => {
			const unknown = newEmail();
			const forget = (of: string) => call(slow, 'post', '/v1/auth/password/forgot').send({ email: of });
			const [known, nobodys] = await timeBoth(ROUNDS, [
				() => forget(email).expect(204),
				() => forget(unknown).expect(204),
			]);
			expect(rankDistance(known, nobodys)).toBeLessThan(FAR);
		},
		TIMEOUT_MS,
	);

	test(
		'would reveal a skipped comparison',
		async () => {
			const [wrong, malformed] = await timeBoth(ROUNDS, [
				() => login(slow, email, 'wrong').expect(401),
				() => call(slow, 'post', '/v1/auth/login').send({ email }).expect(400),
			]);
			expect(rankDistance(wrong, malformed)).toBeGreaterThan(FAR);
		},
		TIMEOUT_MS,
	);
});
