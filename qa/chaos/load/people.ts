import { newEmail, PASSWORD } from '../../driver/client.ts';
import type { Person } from '../ledger.ts';
import type { LoadContext } from './load.ts';

/** Signs in; resolves to the token. */
export async function login({ client }: LoadContext, email: string): Promise<string> {
	const body = { email, password: PASSWORD };
	const { body: answer } = await client.ask({ method: 'POST', path: '/v1/auth/login', body }, [200]);
	return answer.data.token;
}

/** Registers somebody new. An answer that got lost shows as an email that is taken: then signing in must work. */
export async function register(context: LoadContext): Promise<Person> {
	const email = newEmail();
	const body = { email, password: PASSWORD };
	const reply = await context.client.ask({ method: 'POST', path: '/v1/auth/register', body }, [201, 409]);
	const token = reply.status === 201 ? reply.body.data.token : await login(context, email);
	const me = await context.client.ask({ method: 'GET', path: '/v1/me', token }, [200]);
	const person = { id: me.body.data.id, email, token };
	context.ledger.people.set(person.id, person);
	return person;
}

/** Longer than a logout takes: two pushes and a lease. */
const LOGOUT_TIMEOUT_MS = 25_000;

/**
 * Signs out. Returns true when it was answered with 204: from then on every gateway refuses the token. A retry may get 401 from one
 * gateway while the first attempt still waits for the lease of another.
 */
export async function logout({ client, ledger }: LoadContext, token: string): Promise<boolean> {
	const request = { method: 'POST', path: '/v1/auth/logout', token, timeoutMs: LOGOUT_TIMEOUT_MS };
	const isSignedOut = (await client.ask(request, [204, 401])).status === 204;
	if (isSignedOut) ledger.revoked.push(token);
	return isSignedOut;
}

/** Deletes the account; resolves once it is gone. */
export async function deleteAccount({ client, ledger }: LoadContext, person: Person): Promise<void> {
	const body = { password: PASSWORD };
	await client.ask({ method: 'DELETE', path: '/v1/me', token: person.token, body }, [204, 401]);
	ledger.people.delete(person.id);
	ledger.deleted.set(person.id, person);
}
