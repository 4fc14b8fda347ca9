import { createPublicKey } from 'node:crypto';
import { formatWait } from '@creatorr/contracts/format';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import jwt from 'jsonwebtoken';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { call, login, newEmail, PASSWORD, register } from '../testing/requests.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});

afterAll(() => auth.close());

const post = (body: object) => call(auth.app, 'post', '/v1/auth/register').send(body);

describe('register', () => {
	test('returns a token, its expiry and the user', async () => {
		const email = newEmail();
		const response = await post({ email, password: PASSWORD, name: 'Ada' }).expect(201);
		expect(response.body.data).toEqual({
			token: expect.any(String),
			expires_at: expect.stringMatching(/Z$/),
			user: { id: expect.stringMatching(/^usr_/), email, email_verified: false, name: 'Ada', plan: 'free' },
		});
		expect(response.headers['cache-control']).toBe('no-store');
	});

	test('stores the email trimmed and in lower case', async () => {
		const email = newEmail();
		const response = await post({ email: ` ${email.toUpperCase()} `, password: PASSWORD }).expect(201);
		expect(response.body.data.user.email).toBe(email);
		await login(auth.app, `  ${email.toUpperCase()}`).expect(200);
	});

	test('returns a token that the published key verifies, with the claims of the contract', async () => {
		const response = await post({ email: newEmail(), password: PASSWORD }).expect(201);
		const { token, expires_at, user } = response.body.data;
		const { kid } = jwt.decode(token, { complete: true })?.header ?? {};
		const { keys } = (await call(auth.app, 'get', '/internal/jwks').expect(200)).body;
		const jwk = keys.find((key: { kid: string }) => key.kid === kid);
		const claims = jwt.verify(token, createPublicKey({ key: jwk, format: 'jwk' }), {
			algorithms: ['ES256'],
			issuer: 'creatorr-auth',
			audience: 'creatorr-api',
		});
		expect(claims).toEqual({
			sub: user.id,
			sid: expect.stringMatching(/^ses_/),
			jti: expect.any(String),
			iat: expect.any(Number),
			exp: Date.parse(expires_at) / 1000,
			iss: 'creatorr-auth',
			aud: 'creatorr-api',
		});
		expect(Date.parse(expires_at) / 1000 - Number((claims as jwt.JwtPayload).iat)).toBe(7 * 24 * 3600);
	});

	test('refuses a taken email in any case', async () => {
		const { email } = await register(auth.app);
		const response = await post({ email: email.toUpperCase(), password: PASSWORD }).expect(409);
		expect(response.body.error.code).toBe('email_taken');
	});

	test('creates one account for concurrent requests with one email', async () => {
		const email = newEmail();
		const responses = await Promise.all(
			Array.from({ length: 8 }, () => post({ email, password: PASSWORD }).then(({ status }) => status)),
		);
		expect(responses.sort()).toEqual([201, ...Array(7).fill(409)]);
		expect(await auth.prisma.session.count({ where: { user: { email } } })).toBe(1);
	});

	test.each([
		['no email', { password: PASSWORD }, 'email'],
		['a malformed email', { email: 'nobody', password: PASSWORD }, 'email'],
		['an email of 255 characters', { email: `${'a'.repeat(243)}@example.com`, password: PASSWORD }, 'email'],
		['a password that is a number', { email: newEmail(), password: 12345678 }, 'password'],
		['a password of 7 characters', { email: newEmail(), password: '1234567' }, 'password'],
		[
			'a password of 73 bytes in 37 characters',
			{ email: newEmail(), password: `${'é'.repeat(36)}a` },
			'password',
		],
		['an empty name', { email: newEmail(), password: PASSWORD, name: '' }, 'name'],
		['a name of 256 characters', { email: newEmail(), password: PASSWORD, name: 'a'.repeat(256) }, 'name'],
	])('refuses %s and names the field', async (_, body, path) => {
		const response = await post(body).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path }] });
	});

	test('accepts a password of 72 bytes, and compares all of it', async () => {
		const email = newEmail();
		const password = `tulip anchor velvet ${'é'.repeat(26)}`;
		await post({ email, password }).expect(201);
		await login(auth.app, email, password).expect(200);
		await login(auth.app, email, `${password}x`).expect(401);
	});

	test('stores the password as a hash, and logs neither the password, the email nor the token', async () => {
		const email = newEmail();
		const response = await post({ email, password: 'a secret phrase' }).expect(201);
		const stored = await auth.prisma.user.findUniqueOrThrow({ where: { email } });
		expect(stored.passwordHash).toMatch(/^\$2b\$04\$/);
		const logged = JSON.stringify(auth.log);
		expect(logged).toContain(stored.id);
		for (const secret of [email, 'a secret phrase', response.body.data.token]) {
			expect(logged).not.toContain(secret);
		}
	});
});

const PER_HOUR = 10;
/** Two replicas with a limit. */
let limited: [string, string];

beforeAll(async () => {
	const start = () => auth.startReplica({ REGISTRATIONS_PER_NETWORK: String(PER_HOUR) });
	limited = [await start(), await start()];
});

const attempt = (address: string, email = newEmail(), app = limited[0]) =>
	call(app, 'post', '/v1/auth/register', { address }).send({ email, password: PASSWORD });

/** Returns the statuses of `count` attempts, sent concurrently to both replicas. */
async function statusesOf(count: number, address: (index: number) => string, email?: string) {
	const responses = await Promise.all(
		Array.from({ length: count }, (_, index) => attempt(address(index), email, limited[index % 2])),
	);
	return Object.fromEntries(
		[...Map.groupBy(responses, ({ status }) => status)].map(([status, { length }]) => [status, length]),
	);
}

describe('registrations from one network', () => {
	test('are refused beyond the hourly limit of all replicas, but not those from other networks', async () => {
		expect(await statusesOf(30, () => '198.51.100.1')).toEqual({ 201: PER_HOUR, 429: 30 - PER_HOUR });
		const refused = await attempt('198.51.100.1').expect(429);
		expect(refused.body.error.code).toBe('rate_limited');
		const waitSeconds = Number(refused.headers['retry-after']);
		expect(refused.body.error.message).toBe(
			`Too many accounts were created from your network. Try again in ${formatWait(waitSeconds)}.`,
		);
		expect(waitSeconds).toBeGreaterThan(0);
		expect(waitSeconds).toBeLessThanOrEqual(3600 / PER_HOUR);
		await attempt('198.51.100.2').expect(201);
	});

	test('are limited too if they only find taken emails', async () => {
		const { email } = await register(limited[0], '198.51.100.3');
		expect(await statusesOf(150, () => '198.51.100.4', email)).toEqual({
			409: PER_HOUR,
			429: 150 - PER_HOUR,
		});
	});

	test('do not limit sign-in', async () => {
		const { email } = await register(limited[0], '198.51.100.5');
		await statusesOf(PER_HOUR + 2, () => '198.51.100.5');
		await login(limited[0], email, PASSWORD, '198.51.100.5').expect(200);
	});

	test('are counted for a whole IPv6 site', async () => {
		const inSite = (index: number) => `2001:db8:1:${(index % 256).toString(16)}::1`;
		expect(await statusesOf(60, inSite)).toEqual({ 201: PER_HOUR * 4, 429: 60 - PER_HOUR * 4 });
		await attempt('2001:db8:1:100::1').expect(201);
	});

	test('are counted for a whole IPv6 /48', async () => {
		const key = 'register 2001:db8:2::/48';
		await attempt('2001:db8:2:100::1').expect(201);
		const usedUp = new Date(Date.now() + 3_600_000);
		await auth.prisma.hourlyQuota.update({ where: { key }, data: { fullAt: usedUp } });
		await attempt('2001:db8:2:200::1').expect(429);
		await attempt('2001:db8:3:200::1').expect(201);
	});

	test('cost no statement while they are refused', async () => {
		const address = '198.51.100.6';
		// Enough that both replicas have refused some.
		await statusesOf(PER_HOUR * 4, () => address);
		const { prisma } = auth;
		await prisma.hourlyQuota.delete({ where: { key: `register ${address}` } });
		expect(await statusesOf(20, () => address)).toEqual({ 429: 20 });
		expect(await prisma.hourlyQuota.count({ where: { key: `register ${address}` } })).toBe(0);
	});
});
