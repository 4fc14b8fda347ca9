import type { BrowserContextOptions } from 'playwright-core';
import { BASE_URL, call, type Person } from '../../../driver/client.ts';

/** Where the web app stores its session: apps/web/src/api/session.ts. */
const SESSION_KEY = 'creatorr.session';

/** Returns the storage of a browser in which this person is signed in. */
export async function storedSession(
	person: Person,
): Promise<Exclude<BrowserContextOptions['storageState'], string | undefined>> {
	const { data: user } = (await call('GET', '/v1/me', { token: person.token })).body;
	const session = JSON.stringify({ kind: 'in', token: person.token, user });
	return {
		cookies: [],
		origins: [{ origin: new URL(BASE_URL).origin, localStorage: [{ name: SESSION_KEY, value: session }] }],
	};
}
