import { randomBytes } from 'node:crypto';
import { createClient, type UntypedTools } from '@creatorr/client';
import { BASE_URL as baseUrl } from '../../driver/client.ts';

export type User = Awaited<ReturnType<typeof registerUser>>;

export async function registerUser() {
	const email = `bench-${randomBytes(9).toString('hex')}@example.com`;
	const password = randomBytes(18).toString('base64url');
	const { token } = await createClient({ baseUrl }).account.register({ email, password });
	return { email, password, token, client: createClient<UntypedTools>({ baseUrl, token }) };
}
