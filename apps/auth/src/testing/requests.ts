import { randomUUID } from 'node:crypto';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import jwt from 'jsonwebtoken';
import request from 'supertest';
import { signAsGateway } from './callers.ts';

export const PASSWORD = 'correct horse';
export const HOME = '192.0.2.1';

export interface Person {
	id: string;
	email: string;
	sessionId: string;
	token: string;
}

export function newEmail(): string {
	return `${randomUUID()}@example.com`;
}

/** Calls the service as the gateway does: signed, for a user if given, from this address. */
export function call(
	app: string,
	method: 'get' | 'post' | 'put' | 'patch' | 'delete',
	path: string,
	{ person, address = HOME }: { person?: Pick<Person, 'id' | 'sessionId'>; address?: string } = {},
) {
	const identity = signAsGateway(person && { id: person.id, sessionId: person.sessionId });
	return request(app)[method](path).set(IDENTITY_HEADER, identity).set('X-Forwarded-For', address);
}

function personOf(body: { data: { token: string; user: { id: string; email: string } } }): Person {
	const { token, user } = body.data;
	const claims = jwt.decode(token, { json: true });
	return { id: user.id, email: user.email, sessionId: claims?.sid, token };
}

export async function register(app: string, address = HOME): Promise<Person> {
	const response = await call(app, 'post', '/v1/auth/register', { address })
		.send({ email: newEmail(), password: PASSWORD })
		.expect(201);
	return personOf(response.body);
}

export function login(app: string, email: string, password = PASSWORD, address = HOME) {
	return call(app, 'post', '/v1/auth/login', { address }).send({ email, password });
}

/** Opens another session of the same person. */
export async function signIn(app: string, { email }: Person, address = HOME): Promise<Person> {
	return personOf((await login(app, email, PASSWORD, address).expect(200)).body);
}

export async function isAlive(app: string, sessionId: string): Promise<boolean> {
	const response = await call(app, 'post', '/internal/sessions/check')
		.send({ session_id: sessionId })
		.expect(200);
	return response.body.data.alive;
}
