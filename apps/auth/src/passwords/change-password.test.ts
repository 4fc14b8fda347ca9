import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { type FakeGateway, startGateway } from '../testing/fake-gateway.ts';
import { call, isAlive, login, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';

const NEW_PASSWORD = 'battery staple';

let auth: AuthService;
let gateway: FakeGateway;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	gateway = await startGateway(auth.app);
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
});

const change = (of: Person, body: object) =>
	call(auth.app, 'post', '/v1/auth/password', { person: of }).send(body);

describe('a password change', () => {
	test('accepts the new password and refuses the old one', async () => {
		await change(person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		await login(auth.app, person.email, PASSWORD).expect(401);
		await login(auth.app, person.email, NEW_PASSWORD).expect(200);
	});

	test('revokes the other sessions at every gateway before it answers', async () => {
		const other = await signIn(auth.app, person);
		await change(person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		expect(gateway.pushes.at(-1)?.session_ids).toEqual([other.sessionId]);
		expect(await isAlive(auth.app, other.sessionId)).toBe(false);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
	});

	test('with a wrong current password changes nothing', async () => {
		const other = await signIn(auth.app, person);
		const answer = await change(person, { current_password: 'wrong', new_password: NEW_PASSWORD }).expect(
			401,
		);
		expect(answer.body.error.code).toBe('invalid_credentials');
		expect(await isAlive(auth.app, other.sessionId)).toBe(true);
		await login(auth.app, person.email, PASSWORD).expect(200);
	});

	test.each([
		['too short', 'short'],
		['longer than 72 bytes', 'é'.repeat(37)],
		['no text', 12345678],
	])('returns 400 for a password that is %s', async (_, newPassword) => {
		const answer = await change(person, { current_password: PASSWORD, new_password: newPassword }).expect(
			400,
		);
		expect(answer.body.error).toMatchObject({ code: 'validation', details: [{ path: 'new_password' }] });
	});

	test('succeeds once for two concurrent requests', async () => {
		const answers = await Promise.all(
			['first password', 'other password'].map((newPassword) =>
				change(person, { current_password: PASSWORD, new_password: newPassword }).then(
					({ status }) => status,
				),
			),
		);
		expect(answers.sort()).toEqual([204, 401]);
	});

	test('returns 401 when the account is gone', async () => {
		await auth.prisma.user.delete({ where: { id: person.id } });
		await change(person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(401);
	});

	test('is logged without the passwords', async () => {
		await change(person, { current_password: PASSWORD, new_password: NEW_PASSWORD }).expect(204);
		expect(auth.log).toContainEqual({
			event: 'security.password_changed',
			fields: { user_id: person.id, sessions: 0 },
		});
		expect(JSON.stringify(auth.log)).not.toContain(NEW_PASSWORD);
	});
});
