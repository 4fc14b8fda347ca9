import { beforeAll, describe, expect, test } from '@jest/globals';
import {
	call,
	newEmail,
	newPerson,
	PASSWORD,
	type Person,
	SECOND_BASE_URL,
	signIn,
} from '../driver/client.ts';
import { mailedToken, RESET, VERIFY } from '../driver/mails.ts';

const NEW_PASSWORD = 'another battery staple';

const forget = (email: unknown) => call('POST', '/v1/auth/password/forgot', { body: { email } });
const reset = (body: unknown) => call('POST', '/v1/auth/password/reset', { body });
const verify = (mailToken: unknown, { token }: { token?: string } = {}) =>
	call('POST', '/v1/auth/verify', { ...(token && { token }), body: { token: mailToken } });
const login = (email: string, password: string) =>
	call('POST', '/v1/auth/login', { body: { email, password } });
const isVerified = async (token: string) => (await call('GET', '/v1/me', { token })).body.data.email_verified;
const statusOf = async (token: string, base?: string) =>
	(await call('GET', '/v1/me', { token, ...(base ? { base } : {}) })).status;

let person: Person;

beforeAll(async () => {
	person = await newPerson();
});

describe('POST /v1/auth/password/forgot', () => {
	test('success: returns 204 for known and unknown emails', async () => {
		const [known, unknown] = [await forget(person.email), await forget(newEmail())];
		expect([known.status, known.text]).toEqual([204, '']);
		expect([unknown.status, unknown.text]).toEqual([204, '']);
	});

	test('success: sends a mail, whatever the case of the email', async () => {
		const someone = await newPerson();
		expect((await forget(` ${someone.email.toUpperCase()} `)).status).toBe(204);
		const token = await mailedToken(someone.email, RESET);
		expect(Buffer.from(token, 'base64url')).toHaveLength(32);
	});

	test('repeated requests return 204, whether or not there is an account', async () => {
		const someone = await newPerson();
		for (const email of [someone.email, newEmail()]) {
			const responses = await Promise.all(Array.from({ length: 10 }, () => forget(email)));
			expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([204]));
		}
	});

	test.each([undefined, 'nobody', 7, null, ['a@example.com'], { $ne: '' }])(
		'bad input: %p is no email',
		async (email) => {
			const response = await forget(email);
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
			expect(response.body.error.details[0].path).toBe('email');
		},
	);
});

describe('POST /v1/auth/password/reset', () => {
	test('success: the new password signs in, the old does not, and every session is refused by every gateway', async () => {
		const someone = await newPerson();
		const other = await signIn(someone.email);
		for (const token of [someone.token, other]) expect(await statusOf(token, SECOND_BASE_URL)).toBe(200);
		await forget(someone.email);
		const token = await mailedToken(someone.email, RESET);
		const response = await reset({ token, new_password: NEW_PASSWORD });
		expect([response.status, response.text]).toEqual([204, '']);
		for (const revoked of [someone.token, other]) {
			expect(await statusOf(revoked)).toBe(401);
			expect(await statusOf(revoked, SECOND_BASE_URL)).toBe(401);
		}
		expect((await login(someone.email, PASSWORD)).status).toBe(401);
		const signedIn = await login(someone.email, NEW_PASSWORD);
		expect(signedIn.status).toBe(200);
		expect(signedIn.body.data.user.email_verified).toBe(true);
	});

	test('bad input: a token is used once', async () => {
		const someone = await newPerson();
		await forget(someone.email);
		const token = await mailedToken(someone.email, RESET);
		const responses = await Promise.all(
			Array.from({ length: 5 }, () => reset({ token, new_password: NEW_PASSWORD })),
		);
		expect(responses.map(({ status }) => status).sort()).toEqual([204, 400, 400, 400, 400]);
		const again = await reset({ token, new_password: 'a third password' });
		expect([again.status, again.body.error.code, again.body.error.details[0].path]).toEqual([
			400,
			'validation',
			'token',
		]);
		expect((await login(someone.email, NEW_PASSWORD)).status).toBe(200);
	});

	test('bad input: the token of a verification mail is refused', async () => {
		const someone = await newPerson();
		const token = await mailedToken(someone.email, VERIFY);
		expect((await reset({ token, new_password: NEW_PASSWORD })).status).toBe(400);
		expect((await login(someone.email, PASSWORD)).status).toBe(200);
	});

	test.each([
		['no token', { new_password: NEW_PASSWORD }, 'token'],
		['a token of nobody', { token: 'A'.repeat(43), new_password: NEW_PASSWORD }, 'token'],
		['a token that is an object', { token: {}, new_password: NEW_PASSWORD }, 'token'],
		['a token of nobody, with a short password', { token: 'A'.repeat(43), new_password: 'short' }, 'token'],
		['a password that is a number', { token: 'A', new_password: 12345678 }, 'new_password'],
	])('bad input: %s', async (_, body, path) => {
		const response = await reset(body);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details.map((detail: { path: string }) => detail.path)).toContain(path);
	});
});

describe('POST /v1/auth/verify', () => {
	test('success: the email of the account is verified, once with one token', async () => {
		const someone = await newPerson();
		expect(await isVerified(someone.token)).toBe(false);
		const token = await mailedToken(someone.email, VERIFY);
		const response = await verify(token, someone);
		expect([response.status, response.text]).toEqual([204, '']);
		expect(await isVerified(someone.token)).toBe(true);
		expect((await verify(token, someone)).status).toBe(400);
	});

	test('no token: is refused without the password, and the password verifies', async () => {
		const someone = await newPerson();
		const token = await mailedToken(someone.email, VERIFY);
		const refused = await verify(token);
		expect([refused.status, refused.body.error.code]).toEqual([401, 'invalid_credentials']);
		expect(await isVerified(someone.token)).toBe(false);
		const response = await call('POST', '/v1/auth/verify', { body: { token, password: PASSWORD } });
		expect(response.status).toBe(204);
		expect(await statusOf(someone.token)).toBe(401);
		expect(await isVerified(await signIn(someone.email))).toBe(true);
	});

	test.each([undefined, '', 'A'.repeat(43), 7, null, 'a\0b', '\ud800'])('bad input: %p', async (token) => {
		const response = await verify(token);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});
});

describe('POST /v1/auth/verify/resend', () => {
	const resend = (token?: string) => call('POST', '/v1/auth/verify/resend', { token });

	test('success: sends another mail whose token verifies the email', async () => {
		const someone = await newPerson();
		await mailedToken(someone.email, VERIFY);
		const response = await resend(someone.token);
		expect([response.status, response.text]).toEqual([204, '']);
		expect((await verify(await mailedToken(someone.email, VERIFY, 2), someone)).status).toBe(204);
		expect(await isVerified(someone.token)).toBe(true);
	});

	test('success: returns 204 when the email is verified, also repeatedly', async () => {
		const someone = await newPerson();
		await verify(await mailedToken(someone.email, VERIFY), someone);
		const responses = await Promise.all(Array.from({ length: 10 }, () => resend(someone.token)));
		expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([204]));
	});

	test('no token: is refused', async () => {
		const response = await resend();
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});
});
