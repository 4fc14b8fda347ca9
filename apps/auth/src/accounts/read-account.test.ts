import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsBilling, signAsWorker } from '../testing/callers.ts';
import { call, newEmail, PASSWORD, register } from '../testing/requests.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});
afterAll(() => auth.close());

const account = (id: string, identity = signAsBilling()) =>
	request(auth.app).get(`/internal/accounts/${id}`).set(IDENTITY_HEADER, identity);

test('billing reads email and name of an account', async () => {
	const email = newEmail();
	const { body } = await call(auth.app, 'post', '/v1/auth/register')
		.send({ email, password: PASSWORD, name: 'Ada' })
		.expect(201);
	expect((await account(body.data.user.id).expect(200)).body).toEqual({
		data: { email, name: 'Ada', email_verified: false },
	});
});

test('a missing name is null', async () => {
	const { id, email } = await register(auth.app);
	expect((await account(id).expect(200)).body.data).toEqual({ email, name: null, email_verified: false });
});

test('a deleted or unknown account returns 404', async () => {
	const person = await register(auth.app);
	await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
	for (const id of [person.id, newId('usr')]) {
		expect((await account(id).expect(404)).body.error.code).toBe('not_found');
	}
});

test('other callers get 401', async () => {
	const { id } = await register(auth.app);
	await account(id, signAsWorker()).expect(401);
});
