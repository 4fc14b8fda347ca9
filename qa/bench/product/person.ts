import { randomBytes } from 'node:crypto';
import { BenchError } from '../say.ts';

/** Somebody who has just registered. */
export interface Person {
	token: string;
	email: string;
	password: string;
}

/** Throws a BenchError where there is no product. */
export async function register(baseUrl: string): Promise<Person> {
	const person = {
		email: `bench-${randomBytes(9).toString('hex')}@example.com`,
		password: randomBytes(18).toString('base64url'),
	};
	const answer = await fetch(`${baseUrl}/v1/auth/register`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(person),
	}).catch((cause: unknown) => {
		throw new BenchError(`Nothing answers at ${baseUrl}: start the product, or say where it is with --api.`, {
			cause,
		});
	});
	if (!answer.ok) throw new BenchError(`registering was answered ${answer.status}: ${await answer.text()}`);
	const { data } = (await answer.json()) as { data: { token: string } };
	return { token: data.token, ...person };
}
