import { newApiKey } from '@creatorr/contracts/api-key-format';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { mailsTo, VERIFY } from '../testing/mails.ts';
import { call, register } from '../testing/requests.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth({ API_KEYS_REQUIRE_VERIFIED_EMAIL: 'true', LEAKED_KEY_REPORTS_PER_NETWORK: '2' });
});

afterAll(() => auth.close());

test('a user creates keys after verifying the email, which revokes earlier keys', async () => {
	const person = await register(auth.app);
	const body = { name: 'a', scopes: ['jobs:read'] };
	const create = () => call(auth.app, 'post', '/v1/keys', { person }).send(body);
	expect((await create().expect(403)).body.error.code).toBe('email_not_verified');
	const early = { userId: person.id, name: 'early', start: 'ctr_live_abcd', last4: '1234', metadata: {} };
	await auth.prisma.apiKey.create({
		data: { ...early, id: 'key_01ARZ3NDEKTSV4RRFFQ69G5FAV', keyHash: new Uint8Array(32) },
	});
	const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
	await call(auth.app, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token }).expect(204);
	await create().expect(201);
	const { data } = (await call(auth.app, 'get', '/v1/keys', { person }).expect(200)).body;
	expect(data.map(({ status }: { status: string }) => status)).toEqual(['active', 'revoked']);
});

test('a network that reports too many leaked keys gets 429, with the wait in minutes', async () => {
	const report = (key: string, address: string) =>
		call(auth.app, 'post', '/v1/keys/leaked', { address }).send({ key });
	for (let sent = 0; sent < 2; sent += 1) await report(newApiKey('ctr_live_'), '198.51.100.1').expect(204);
	const { body } = await report(newApiKey('ctr_live_'), '198.51.100.1').expect(429);
	expect(body.error.message).toBe(
		'Too many reports of leaked keys from your network. Try again in 30 minutes.',
	);
	await report('not a key', '198.51.100.1').expect(204);
	await report(newApiKey('ctr_live_'), '198.51.100.2').expect(204);
});
