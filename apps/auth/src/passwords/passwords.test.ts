import { beforeEach, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import type request from 'supertest';
import { FULL_AT } from '../mails/hourly-quotas.sql.ts';
import { setUpAccountAtGateway } from '../testing/account-at-gateway.ts';
import { mailsTo, RESET, untilAllSent, VERIFY } from '../testing/mails.ts';
import { call, HOME, isAlive, login, newEmail, PASSWORD, type Person, signIn } from '../testing/requests.ts';

const NEW_PASSWORD = 'battery staple';

const scene = setUpAccountAtGateway({ MAILS_PER_EMAIL: '3', MAILS_PER_NETWORK: '10' });

beforeEach(async () => {
	await scene.auth.prisma.hourlyQuota.deleteMany();
});

const forget = (email: string, address = HOME) =>
	call(scene.auth.app, 'post', '/v1/auth/password/forgot', { address }).send({ email });
const reset = (token: unknown, password: unknown = NEW_PASSWORD, address = HOME) =>
	call(scene.auth.app, 'post', '/v1/auth/password/reset', { address }).send({
		token,
		new_password: password,
	});

async function resetToken(email = scene.person.email, count = 1): Promise<string> {
	await forget(email).expect(204);
	return (await mailsTo(scene.auth, email, { about: RESET, count })).at(-1)?.token ?? '';
}

describe('a forgotten password', () => {
	test('is replaced with the token of a mail that links to the product', async () => {
		const token = await resetToken();
		const [mail] = await mailsTo(scene.auth, scene.person.email, { about: RESET });
		expect(mail?.text).toContain(`https://app.example.com/reset-password#token=${token}`);
		expect(Buffer.from(token, 'base64url')).toHaveLength(32);
		await reset(token).expect(204);
		await login(scene.auth.app, scene.person.email, PASSWORD).expect(401);
		await login(scene.auth.app, scene.person.email, NEW_PASSWORD).expect(200);
	});

	test('is replaced after every session is revoked at every gateway', async () => {
		const other = await signIn(scene.auth.app, scene.person);
		const token = await resetToken();
		await reset(token).expect(204);
		expect(scene.gateway.pushes.at(-1)?.session_ids.toSorted()).toEqual(
			[scene.person.sessionId, other.sessionId].sort(),
		);
		expect(await isAlive(scene.auth.app, scene.person.sessionId)).toBe(false);
		expect(await isAlive(scene.auth.app, other.sessionId)).toBe(false);
	});

	test('is replaced, which also verifies the email', async () => {
		await reset(await resetToken()).expect(204);
		const response = await login(scene.auth.app, scene.person.email, NEW_PASSWORD).expect(200);
		expect(response.body.data.user.email_verified).toBe(true);
	});

	test('leaves the network of the reset as the only known one', async () => {
		const token = await resetToken();
		await reset(token, NEW_PASSWORD, '198.51.100.9').expect(204);
		const networks = await scene.auth.prisma.knownNetwork.findMany({ where: { userId: scene.person.id } });
		expect(networks.map(({ network }) => network)).toEqual(['198.51.100.9']);
	});

	test('is replaced once with one token, also by concurrent requests', async () => {
		const token = await resetToken();
		const responses = await Promise.all([1, 2, 3].map(() => reset(token).then(({ status }) => status)));
		expect(responses.sort()).toEqual([204, 400, 400]);
		await reset(token, 'yet another one').expect(400);
		await login(scene.auth.app, scene.person.email, NEW_PASSWORD).expect(200);
	});

	test('invalidates the other tokens of the account', async () => {
		const [first, second] = [await resetToken(), await resetToken(scene.person.email, 2)];
		expect(first).not.toBe(second);
		await reset(second).expect(204);
		await reset(first).expect(400);
	});

	test('is not replaced with a token from before a password change', async () => {
		const token = await resetToken();
		await call(scene.auth.app, 'post', '/v1/auth/password', { person: scene.person })
			.send({ current_password: PASSWORD, new_password: 'a third password' })
			.expect(204);
		await reset(token).expect(400);
	});

	test('is not replaced after 30 minutes', async () => {
		const token = await resetToken();
		const [row] = await scene.auth.prisma.mailedToken.findMany({
			where: { userId: scene.person.id, kind: 'reset_password' },
		});
		const lifetimeMs = (row?.expiresAt.getTime() ?? 0) - Date.now();
		expect(Math.abs(lifetimeMs - 30 * 60_000)).toBeLessThan(60_000);
		await scene.auth.prisma.mailedToken.updateMany({ data: { expiresAt: new Date() } });
		const response = await reset(token).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path: 'token' }] });
		await login(scene.auth.app, scene.person.email, PASSWORD).expect(200);
	});

	test.each([
		['an unknown token', 'A'.repeat(43)],
		['an empty token', ''],
		['a token that is a number', 7],
		['a token of 2,000 characters', 'A'.repeat(2_000)],
	])('is not replaced with %s', async (_, token) => {
		const response = await reset(token).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path: 'token' }] });
	});

	test('is not replaced with the token that verifies an email', async () => {
		const [mail] = await mailsTo(scene.auth, scene.person.email, { about: VERIFY });
		await reset(mail?.token).expect(400);
	});

	test.each([
		['an empty one', '', 'must have at least 8 characters'],
		[
			'one of 73 bytes',
			`tulip anchor velvet ${'é'.repeat(26)}!`,
			'must have at most 72 characters; accented letters and emoji count as several',
		],
	])('is not replaced by %s, and the token still works', async (_, password, message) => {
		const token = await resetToken();
		const response = await reset(token, password).expect(400);
		expect(response.body.error.details).toEqual([{ path: 'new_password', message }]);
		await reset(token).expect(204);
	});

	test('is not replaced with an invalid token, which is reported before the password', async () => {
		const response = await reset('A'.repeat(43), '').expect(400);
		expect(response.body.error.details).toEqual([{ path: 'token', message: expect.any(String) }]);
	});

	test('is replaced without leaving a session of a concurrent sign-in', async () => {
		const token = await resetToken();
		await Promise.all([
			reset(token).expect(204),
			...Array.from({ length: 8 }, () => login(scene.auth.app, scene.person.email, PASSWORD)),
		]);
		const alive = await scene.auth.prisma.session.count({
			where: { userId: scene.person.id, revokedAt: null },
		});
		expect(alive).toBe(0);
	});

	test('is logged without token, password and email', async () => {
		const token = await resetToken();
		await reset(token).expect(204);
		expect(scene.auth.log).toContainEqual({
			event: 'security.password_reset',
			fields: { user_id: scene.person.id, sessions: 1 },
		});
		expect(scene.auth.log).toContainEqual({
			event: 'security.password_reset_requested',
			fields: { user_id: scene.person.id, origin_request_id: expect.stringMatching(/^req_/) },
		});
		const logged = JSON.stringify(scene.auth.log);
		for (const secret of [token, NEW_PASSWORD, scene.person.email]) expect(logged).not.toContain(secret);
	});

	test('leaves no usable token in the database', async () => {
		const token = await resetToken();
		const [row] = await scene.auth.prisma.$queryRaw<{ text: string }[]>`
			SELECT (SELECT string_agg(t::text, '') FROM mailed_tokens t) || (SELECT count(*) FROM mails)::text AS text`;
		expect(row?.text).not.toContain(token);
		expect(row?.text).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
		expect(row?.text).not.toContain(Buffer.from(token).toString('hex'));
	});
});

describe('a request for a reset mail', () => {
	test('gets the same response without an account, and sends nothing', async () => {
		const nobody = newEmail();
		const [known, unknown] = [await forget(scene.person.email), await forget(nobody)];
		expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
		expect(known.status).toBe(204);
		await untilAllSent(scene.auth);
		expect(await mailsTo(scene.auth, nobody, { about: RESET, count: 0 })).toEqual([]);
	});

	test('repeated too often for one email gets the usual response, and sends no more', async () => {
		for (let sent = 0; sent < 5; sent += 1) await forget(scene.person.email).expect(204);
		await untilAllSent(scene.auth);
		expect(await mailsTo(scene.auth, scene.person.email, { about: RESET, count: 3 })).toHaveLength(3);
	});

	test('repeated too often from one network is refused, and allowed from another', async () => {
		const statuses: number[] = [];
		for (let sent = 0; sent < 12; sent += 1)
			statuses.push((await forget(newEmail(), `2001:db8:1:2::${sent}`)).status);
		expect(statuses).toEqual([...Array(10).fill(204), 429, 429]);
		const refused = await forget(scene.person.email, '2001:db8:1:2::ffff').expect(429);
		expect(refused.body.error.code).toBe('rate_limited');
		expect(Number(refused.headers['retry-after'])).toBeGreaterThan(300);
		await forget(scene.person.email, '2001:db8:1:3::1').expect(204);
	});

	test('is possible again later', async () => {
		for (let sent = 0; sent < 11; sent += 1) await forget(newEmail());
		await forget(scene.person.email).expect(429);
		await scene.auth.prisma
			.$executeRaw`UPDATE mail_allowances SET ${FULL_AT} = ${FULL_AT} - interval '361 seconds'`;
		await forget(scene.person.email).expect(204);
		await forget(scene.person.email).expect(429);
	});

	test('stores the email only in the waiting mail', async () => {
		await forget(scene.person.email).expect(204);
		await untilAllSent(scene.auth);
		expect(JSON.stringify(await scene.auth.prisma.hourlyQuota.findMany())).not.toContain(scene.person.email);
	});

	test.each([
		['no email', {}],
		['a malformed email', { email: 'nobody' }],
		['an email that is a list', { email: ['a@example.com'] }],
	])('returns 400 for %s', async (_, body) => {
		const response = await call(scene.auth.app, 'post', '/v1/auth/password/forgot').send(body).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path: 'email' }] });
	});
});

const change = (of: Person, body: object) =>
	call(scene.auth.app, 'post', '/v1/auth/password', { person: of }).send(body);

describe('a password change', () => {
	test('accepts the new password and rejects the old one', async () => {
		await change(scene.person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		await login(scene.auth.app, scene.person.email, PASSWORD).expect(401);
		await login(scene.auth.app, scene.person.email, NEW_PASSWORD).expect(200);
	});

	test('revokes the other sessions at every gateway before it responds', async () => {
		const other = await signIn(scene.auth.app, scene.person);
		await change(scene.person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		expect(scene.gateway.pushes.at(-1)?.session_ids).toEqual([other.sessionId]);
		expect(await isAlive(scene.auth.app, other.sessionId)).toBe(false);
		expect(await isAlive(scene.auth.app, scene.person.sessionId)).toBe(true);
	});

	test('with a wrong current password changes nothing', async () => {
		const other = await signIn(scene.auth.app, scene.person);
		const response = await change(scene.person, {
			current_password: 'wrong',
			new_password: NEW_PASSWORD,
		}).expect(401);
		expect(response.body.error.code).toBe('invalid_credentials');
		expect(await isAlive(scene.auth.app, other.sessionId)).toBe(true);
		await login(scene.auth.app, scene.person.email, PASSWORD).expect(200);
	});

	test.each([
		['too short', 'short'],
		['longer than 72 bytes', 'é'.repeat(37)],
		['a number', 12345678],
	])('returns 400 for a password that is %s', async (_, newPassword) => {
		const response = await change(scene.person, {
			current_password: PASSWORD,
			new_password: newPassword,
		}).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path: 'new_password' }] });
	});

	test('succeeds once for two concurrent requests', async () => {
		const responses = await Promise.all(
			['first password', 'other password'].map((newPassword) =>
				change(scene.person, { current_password: PASSWORD, new_password: newPassword }).then(
					({ status }) => status,
				),
			),
		);
		expect(responses.sort()).toEqual([204, 401]);
	});

	test('returns 401 when the account was deleted', async () => {
		await scene.auth.prisma.user.delete({ where: { id: scene.person.id } });
		await change(scene.person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(401);
	});

	test('is logged without the passwords', async () => {
		await change(scene.person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		expect(scene.auth.log).toContainEqual({
			event: 'security.password_changed',
			fields: { user_id: scene.person.id, sessions: 0 },
		});
		expect(JSON.stringify(scene.auth.log)).not.toContain(NEW_PASSWORD);
	});
});

/** Ways to set a password, with the field that contains it. */
const WAYS: [string, string, (password: string) => Promise<request.Response>][] = [
	[
		'a registration',
		'password',
		async (password) =>
			await call(scene.auth.app, 'post', '/v1/auth/register').send({ email: `ada.${newEmail()}`, password }),
	],
	[
		'a change',
		'new_password',
		async (password) =>
			await call(scene.auth.app, 'post', '/v1/auth/password', { person: scene.person }).send({
				current_password: PASSWORD,
				new_password: password,
			}),
	],
	[
		'a reset',
		'new_password',
		async (password) => {
			await call(scene.auth.app, 'post', '/v1/auth/password/forgot')
				.send({ email: scene.person.email })
				.expect(204);
			const [mail] = await mailsTo(scene.auth, scene.person.email, { about: RESET });
			const response = await call(scene.auth.app, 'post', '/v1/auth/password/reset').send({
				token: mail?.token,
				new_password: password,
			});
			// The token stays valid for another password.
			if (response.status === 400)
				await call(scene.auth.app, 'post', '/v1/auth/password/reset')
					.send({ token: mail?.token, new_password: 'tulip anchor velvet' })
					.expect(204);
			return response;
		},
	],
];

describe.each(WAYS)('%s', (_, path, ask) => {
	test('refuses a weak password with the field and what to do', async () => {
		const response = await ask('P@ssw0rd!');
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details).toEqual([
			{ path, message: 'is too easy to guess; use several unrelated words, or a password manager' },
		]);
		expect(response.text).not.toContain('P@ssw0rd!');
	});

	test('accepts a password of several words', async () => {
		expect([201, 204]).toContain((await ask('tulip anchor velvet')).status);
	});
});

const post = (body: object) => call(scene.auth.app, 'post', '/v1/auth/register').send(body);

test('a password that contains the email of its account, or consists of its parts, is refused', async () => {
	const email = 'ada.lovelace@example.com';
	for (const password of [email, email.toUpperCase(), `my ${email} is long enough`]) {
		const response = await post({ email, password }).expect(400);
		expect(response.body.error.details).toEqual([
			{ path: 'password', message: 'must not contain your email address' },
		]);
	}
	await post({ email, password: 'ada.lovelace1' }).expect(400);
});

test('a sign-in accepts a weak password that the account has', async () => {
	const passwordHash = await bcrypt.hash('password', 4);
	await scene.auth.prisma.user.update({ where: { id: scene.person.id }, data: { passwordHash } });
	await login(scene.auth.app, scene.person.email, 'password').expect(200);
});
