import { randomBytes } from 'node:crypto';
import { type Client, createClient, type UntypedTools } from '@creatorr/client';

export interface User {
	email: string;
	password: string;
	token: string;
	client: Client<UntypedTools>;
}

export async function registerUser(baseUrl: string): Promise<User> {
	const email = `bench-${randomBytes(9).toString('hex')}@example.com`;
	const password = randomBytes(18).toString('base64url');
	const { token } = await createClient({ baseUrl }).account.register({ email, password });
	return { email, password, token, client: createClient<UntypedTools>({ baseUrl, token }) };
}
