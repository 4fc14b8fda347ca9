import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import bcrypt from 'bcrypt';
import type request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { mailsTo, RESET } from '../testing/mails.ts';
import { call, login, newEmail, PASSWORD, type Person, register } from '../testing/requests.ts';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(() => auth.close());

/** Ways to set a password, with the field that contains it. */
const WAYS: [string, string, (password: string) => Promise<request.Response>][] = [
	[
		'a registration',
		'password',
		async (password) =>
			await call(auth.app, 'post', '/v1/auth/register').send({ email: `ada.${newEmail()}`, password }),
	],
	[
		'a change',
		'new_password',
		async (password) =>
			await call(auth.app, 'post', '/v1/auth/password', { person }).send({
				current_password: PASSWORD,
				new_password: password,
			}),
	],
	[
		'a reset',
		'new_password',
		async (password) => {
			await call(auth.app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
			const [mail] = await mailsTo(auth, person.email, { about: RESET });
			const response = await call(auth.app, 'post', '/v1/auth/password/reset').send({
				token: mail?.token,
				new_password: password,
			});
			// The token stays valid for another password.
			if (response.status === 400)
				await call(auth.app, 'post', '/v1/auth/password/reset')
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

const post = (body: object) => call(auth.app, 'post', '/v1/auth/register').send(body);

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
	await auth.prisma.user.update({ where: { id: person.id }, data: { passwordHash } });
	await login(auth.app, person.email, 'password').expect(200);
});
