import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newEmail, newPerson, nobodysId, PASSWORD, type Person, signIn } from '../driver/client.ts';

const register = (body: unknown) => call('POST', '/v1/auth/register', { body });
const login = (email: string, password = PASSWORD) =>
	call('POST', '/v1/auth/login', { body: { email, password } });

let person: Person;
let stranger: Person;

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
});

describe('POST /v1/auth/register', () => {
	test('success: answers 201 with a token, its expiry and the user', async () => {
		const email = newEmail();
		const response = await register({ email, password: PASSWORD, name: 'Ada' });
		expect(response.status).toBe(201);
		expect(response.body.data.user).toMatchObject({ email, name: 'Ada', plan: 'free' });
		const lifetimeMs = Date.parse(response.body.data.expires_at) - Date.now();
		expect(Math.abs(lifetimeMs - 7 * 24 * 3_600_000)).toBeLessThan(60_000);
		expect((await call('GET', '/v1/me', { token: response.body.data.token })).status).toBe(200);
		expect(response.headers.get('cache-control')).toBe('no-store');
	});

	test('success: trims and lower-cases the email', async () => {
		const email = newEmail();
		const response = await register({ email: `  ${email.toUpperCase()} `, password: PASSWORD });
		expect(response.body.data.user.email).toBe(email);
	});

	test('success: ignores unknown fields, prototype keys among them', async () => {
		const raw = `{"email":"${newEmail()}","password":"${PASSWORD}","plan":"pro","__proto__":{"plan":"pro"},"constructor":1}`;
		const response = await call('POST', '/v1/auth/register', {
			raw,
			headers: { 'content-type': 'application/json' },
		});
		expect([response.status, response.body.data.user.plan]).toEqual([201, 'free']);
	});

	test('a password of 72 bytes signs in, and a longer one with the same beginning does not', async () => {
		const email = newEmail();
		const password = `tulip anchor velvet ${'é'.repeat(26)}`;
		expect((await register({ email, password })).status).toBe(201);
		expect((await login(email, password)).status).toBe(200);
		expect((await login(email, password.slice(0, -1))).status).toBe(401);
	});

	test.each([
		['no email', { password: PASSWORD }, 'email'],
		['an invalid email', { email: 'nobody', password: PASSWORD }, 'email'],
		['an email that is a number', { email: 7, password: PASSWORD }, 'email'],
		['a password of 7 characters', { email: newEmail(), password: '1234567' }, 'password'],
		['a password of 7 characters in 14 units', { email: newEmail(), password: '😀'.repeat(7) }, 'password'],
		['a password of 73 bytes', { email: newEmail(), password: 'a'.repeat(73) }, 'password'],
		['a common password', { email: newEmail(), password: 'password' }, 'password'],
		['its own email as the password', { email: 'ada@example.com', password: 'Ada@example.com' }, 'password'],
		['a password of 74 bytes in 37 characters', { email: newEmail(), password: 'é'.repeat(37) }, 'password'],
		['a name that is empty', { email: newEmail(), password: PASSWORD, name: '' }, 'name'],
		['NUL in the name', { email: newEmail(), password: PASSWORD, name: 'a\0b' }, 'body'],
		['a lone surrogate in the password', { email: newEmail(), password: `${PASSWORD}\ud800` }, 'body'],
	])('bad input: %s is a validation error that names the field', async (_, body, path) => {
		const response = await register(body);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details.map((detail: { path: string }) => detail.path)).toContain(path);
	});

	test('an email that differs only in case is taken', async () => {
		const response = await register({ email: person.email.toUpperCase(), password: PASSWORD });
		expect([response.status, response.body.error.code]).toEqual([409, 'email_taken']);
	});

	test('ten concurrent requests with one email create one account', async () => {
		const email = newEmail();
		const responses = await Promise.all(
			Array.from({ length: 10 }, () => register({ email, password: PASSWORD })),
		);
		const statuses = responses.map((response) => response.status).sort();
		expect(statuses).toEqual([201, ...Array(9).fill(409)]);
	});
});

describe('POST /v1/auth/login', () => {
	test('success: answers 200 in the shape of register', async () => {
		const response = await login(` ${person.email.toUpperCase()}`);
		expect(response.status).toBe(200);
		expect(response.body.data.user).toMatchObject({ id: person.id, email: person.email });
		expect(response.headers.get('cache-control')).toBe('no-store');
	});

	test('success: the token is a JWT with the claims of the contract', async () => {
		const { token } = (await login(person.email)).body.data;
		const [header, claims] = token
			.split('.')
			.slice(0, 2)
			.map((part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()));
		expect(header.alg).toBe('ES256');
		expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
		expect(claims.sub).toBe(person.id);
	});

	test('a wrong password and an unknown email get the same response', async () => {
		const wrong = await login(person.email, 'wrong password');
		const unknown = await login(newEmail(), 'wrong password');
		const summaryOf = ({ status, body }: typeof wrong) => [status, body.error.code, body.error.message];
		expect(summaryOf(wrong)).toEqual(summaryOf(unknown));
		expect([wrong.status, wrong.body.error.code]).toEqual([401, 'invalid_credentials']);
	});

	test.each([
		['no password', { email: 'a@example.com' }],
		['a password that is an object', { email: 'a@example.com', password: { $ne: '' } }],
		['an array', []],
		['a string', 'text'],
		['null', null],
	])('bad input: %s is a validation error', async (_, body) => {
		const response = await call('POST', '/v1/auth/login', {
			raw: JSON.stringify(body),
			headers: { 'content-type': 'application/json' },
		});
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('repeated wrong passwords are slowed, for a minute at most', async () => {
		const victim = await newPerson();
		let response = await login(victim.email, 'wrong password');
		for (let tries = 0; tries < 30 && response.status !== 429; tries += 1)
			response = await login(victim.email, 'wrong password');
		expect([response.status, response.body.error.code]).toEqual([429, 'rate_limited']);
		const retryAfter = Number(response.headers.get('retry-after'));
		expect(retryAfter).toBeGreaterThan(0);
		expect(retryAfter).toBeLessThanOrEqual(60);
	});
});

describe('POST /v1/auth/logout', () => {
	test('success: revokes this session everywhere and no other', async () => {
		const [one, other] = [await signIn(person.email), await signIn(person.email)];
		const response = await call('POST', '/v1/auth/logout', { token: one });
		expect([response.status, response.text]).toEqual([204, '']);
		const refused = await call('GET', '/v1/me', { token: one });
		expect([refused.status, refused.body.error.code]).toEqual([401, 'unauthorized']);
		expect((await call('GET', '/v1/me', { token: other })).status).toBe(200);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', '/v1/auth/logout')).status).toBe(401);
	});

	test('a second time with the same token is refused', async () => {
		const token = await signIn(person.email);
		await call('POST', '/v1/auth/logout', { token });
		expect((await call('POST', '/v1/auth/logout', { token })).status).toBe(401);
	});
});

describe('POST /v1/auth/logout-all', () => {
	test('success: revokes all sessions of this user only', async () => {
		const someone = await newPerson();
		const second = await signIn(someone.email);
		expect((await call('POST', '/v1/auth/logout-all', { token: second })).status).toBe(204);
		expect((await call('GET', '/v1/me', { token: someone.token })).status).toBe(401);
		expect((await call('GET', '/v1/me', { token: second })).status).toBe(401);
		expect((await call('GET', '/v1/me', { token: person.token })).status).toBe(200);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', '/v1/auth/logout-all')).status).toBe(401);
	});
});

describe('GET /v1/auth/sessions', () => {
	test('success: lists live sessions and marks the current one', async () => {
		const someone = await newPerson();
		const token = await signIn(someone.email, { headers: { 'user-agent': 'acceptance/1' } });
		const { data } = (await call('GET', '/v1/auth/sessions', { token })).body;
		expect(data).toHaveLength(2);
		const current = data.filter((session: { current: boolean }) => session.current);
		expect(current).toHaveLength(1);
		expect(current[0].user_agent).toBe('acceptance/1');
	});

	test('no token: is refused', async () => {
		expect((await call('GET', '/v1/auth/sessions')).status).toBe(401);
	});
});

async function sessionIds(token: string): Promise<string[]> {
	const { data } = (await call('GET', '/v1/auth/sessions', { token })).body;
	return data.map((session: { id: string }) => session.id);
}

describe('DELETE /v1/auth/sessions/{id}', () => {
	test('success: signs one session out', async () => {
		const someone = await newPerson();
		const [id] = await sessionIds(someone.token);
		const token = await signIn(someone.email);
		expect((await call('DELETE', `/v1/auth/sessions/${id}`, { token })).status).toBe(204);
		expect((await call('GET', '/v1/me', { token: someone.token })).status).toBe(401);
		expect((await call('DELETE', `/v1/auth/sessions/${id}`, { token })).status).toBe(404);
	});

	test('no token: is refused', async () => {
		expect((await call('DELETE', `/v1/auth/sessions/${nobodysId('ses')}`)).status).toBe(401);
	});

	test("not yours: another user's session is not found and stays", async () => {
		const [id] = await sessionIds(stranger.token);
		const response = await call('DELETE', `/v1/auth/sessions/${id}`, { token: person.token });
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
		expect((await call('GET', '/v1/me', { token: stranger.token })).status).toBe(200);
	});

	test.each(['x', nobodysId('fil'), 'ses_', `${nobodysId('ses')}%20`])(
		'bad input: %s is not found',
		async (id) => {
			expect((await call('DELETE', `/v1/auth/sessions/${id}`, { token: person.token })).status).toBe(404);
		},
	);
});

describe('POST /v1/auth/password', () => {
	const change = (token: string, body: unknown) => call('POST', '/v1/auth/password', { token, body });

	test('success: the new password signs in, the old does not, other sessions are revoked', async () => {
		const someone = await newPerson();
		const other = await signIn(someone.email);
		const response = await change(someone.token, {
			current_password: PASSWORD,
			new_password: 'another password',
		});
		expect(response.status).toBe(204);
		expect((await call('GET', '/v1/me', { token: other })).status).toBe(401);
		expect((await call('GET', '/v1/me', { token: someone.token })).status).toBe(200);
		expect((await login(someone.email)).status).toBe(401);
		expect((await login(someone.email, 'another password')).status).toBe(200);
	});

	test('a wrong current password is invalid_credentials and changes nothing', async () => {
		const response = await change(person.token, {
			current_password: 'wrong password',
			new_password: 'another password',
		});
		expect([response.status, response.body.error.code]).toEqual([401, 'invalid_credentials']);
		expect((await login(person.email)).status).toBe(200);
	});

	test('bad input: a new password that is too short', async () => {
		const response = await change(person.token, { current_password: PASSWORD, new_password: 'short' });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'new_password']);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', '/v1/auth/password', { body: {} })).status).toBe(401);
	});
});

describe('GET /v1/me', () => {
	test('success: returns the current user', async () => {
		const response = await call('GET', '/v1/me', { token: person.token });
		const { id, email } = person;
		expect(response.body).toEqual({ data: { id, email, email_verified: false, name: null, plan: 'free' } });
	});

	test('no token: is refused', async () => {
		const response = await call('GET', '/v1/me');
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});

	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const forgeries: [string, (token: string) => string][] = [
		['no JWT', () => 'token'],
		['cut short', (token) => token.slice(0, -3)],
		['signed by nobody', (token) => `${part({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`],
		[
			'of other claims',
			(token) => [token.split('.')[0], part({ sub: stranger.id, exp: 9e9 }), token.split('.')[2]].join('.'),
		],
		[
			'of an unknown key',
			(token) => [part({ alg: 'ES256', kid: randomUUID() }), ...token.split('.').slice(1)].join('.'),
		],
	];

	test.each(forgeries)('a token that is %s is refused', async (_, forge) => {
		const response = await call('GET', '/v1/me', { token: forge(person.token) });
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});

	test.each(['Basic', 'Token', ''])('the scheme %p is refused', async (scheme) => {
		const response = await call('GET', '/v1/me', { headers: { authorization: `${scheme} ${person.token}` } });
		expect(response.status).toBe(401);
	});
});

describe('DELETE /v1/me', () => {
	const leave = (token: string, password: unknown) => call('DELETE', '/v1/me', { token, body: { password } });

	test('success: signs every session out and frees the email', async () => {
		const someone = await newPerson();
		const other = await signIn(someone.email);
		expect((await leave(someone.token, PASSWORD)).status).toBe(204);
		expect((await call('GET', '/v1/me', { token: someone.token })).status).toBe(401);
		expect((await call('GET', '/v1/me', { token: other })).status).toBe(401);
		expect((await login(someone.email)).status).toBe(401);
		const again = await register({ email: someone.email, password: PASSWORD });
		expect(again.status).toBe(201);
		expect(again.body.data.user.id).not.toBe(someone.id);
	});

	test('a wrong password deletes nothing', async () => {
		const response = await leave(person.token, 'wrong password');
		expect([response.status, response.body.error.code]).toEqual([401, 'invalid_credentials']);
		expect((await call('GET', '/v1/me', { token: person.token })).status).toBe(200);
	});

	test('bad input: no password', async () => {
		expect((await call('DELETE', '/v1/me', { token: person.token, body: {} })).status).toBe(400);
	});

	test('no token: is refused', async () => {
		expect((await call('DELETE', '/v1/me', { body: { password: PASSWORD } })).status).toBe(401);
	});
});
