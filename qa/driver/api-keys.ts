import { call } from './client.ts';

export interface ApiKey {
	id: string;
	key: string;
}

export async function newApiKey(token: string, rights: object = {}): Promise<ApiKey> {
	const body = { name: 'Test', scopes: ['jobs:read'], ...rights };
	const response = await call('POST', '/v1/keys', { token, body });
	if (response.status !== 201)
		throw new Error(`the creation of a key answered ${response.status} ${response.text}`);
	return response.body.data;
}
