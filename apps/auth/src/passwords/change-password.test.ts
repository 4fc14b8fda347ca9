import { describe, expect, test } from '@jest/globals';
import { setUpAccountAtGateway } from '../testing/account-at-gateway.ts';
import { call, isAlive, login, PASSWORD, type Person, signIn } from '../testing/requests.ts';

const NEW_PASSWORD = 'battery staple';

const scene = setUpAccountAtGateway();

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
