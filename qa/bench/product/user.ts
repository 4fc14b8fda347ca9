import { randomBytes } from 'node:crypto';
import { type Client, ConnectionError, createClient, type UntypedTools } from '@creatorr/client';
import { BenchError } from '../log.ts';

/** A user of the product with an account. */
export interface User {
	email: string;
	password: string;
	token: string;
	client: Client<UntypedTools>;
}

/** Registers a user. Throws a BenchError when the product can't be reached. */
export async function registerUser(baseUrl: string): Promise<User> {
	const email = `bench-${randomBytes(9).toString('hex')}@example.com`;
	const password = randomBytes(18).toString('base64url');
	try {
		const { token } = await createClient({ baseUrl }).account.register({ email, password });
		return { email, password, token, client: createClient<UntypedTools>({ baseUrl, token }) };
	} catch (error) {
		if (!(error instanceof ConnectionError)) throw error;
		const hint = 'Start the product, or set its URL with --api or BASE_URL.';
		throw new BenchError(`${baseUrl} is not reachable. ${hint}`, { cause: error });
	}
}
