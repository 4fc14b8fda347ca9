import { hash, randomBytes } from 'node:crypto';
import { DEFAULT_API_KEY_PREFIX, newApiKey } from '@creatorr/contracts/api-key-format';
import { keyLeaked } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { type FakeGateway, hang, startGateway } from '../testing/fake-gateway.ts';
import { mailsTo, VERIFY } from '../testing/mails.ts';
import { call, HOME, PASSWORD, type Person, register } from '../testing/requests.ts';

const LEASE_MS = 2_000;

let auth: AuthService;
let gateway: FakeGateway;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ GATEWAY_LEASE_MS: String(LEASE_MS), MAILS_PER_EMAIL: '1000' });
	gateway = await startGateway(auth.controlUrl);
});

afterAll(async () => {
	await gateway.stop();
	await auth.close();
});

beforeEach(async () => {
	person = await register(auth.app);
	await gateway.lease();
	gateway.pushes.length = 0;
});

const hashOf = (key: string) => hash('sha256', key, 'hex');

async function create(body: object = {}, owner = person) {
	const sent = { name: 'Build server', scopes: ['jobs:read'], ...body };
	return (await call(auth.app, 'post', '/v1/keys', { person: owner }).send(sent).expect(201)).body.data;
}

/** Checks a key as a gateway does. Returns its rights, or null for a dead key. */
async function check(key: string) {
	const response = await call(auth.controlUrl, 'post', '/internal/keys/check')
		.send({ key_hash: hashOf(key) })
		.expect(200);
	return response.body.data.key;
}

/** Reports the first use of a key as a gateway does. */
const use = (key_id: string) =>
	call(auth.controlUrl, 'post', '/internal/keys/first-use').send({ key_id }).expect(204);

const get = async (id: string) =>
	(await call(auth.app, 'get', `/v1/keys/${id}`, { person }).expect(200)).body.data;
const rotate = async (id: string, body: object = {}) =>
	(await call(auth.app, 'post', `/v1/keys/${id}/rotate`, { person }).send(body).expect(201)).body.data;
const eventsOf = async (id: string): Promise<{ type: string; ip: string }[]> =>
	(await call(auth.app, 'get', `/v1/keys/${id}/events`, { person }).expect(200)).body.data;
const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type);
const remove = (id: string, owner = person) => call(auth.app, 'delete', `/v1/keys/${id}`, { person: owner });

describe('a new key', () => {
	test('is shown once, and only its hash is stored', async () => {
		const created = await create({ tools: ['ocr'], allowed_ips: ['192.0.2.0/24'], metadata: { team: 'a' } });
		expect(created).toMatchObject({
			id: expect.stringMatching(/^key_/),
			name: 'Build server',
			scopes: ['jobs:read'],
			tools: ['ocr'],
			allowed_ips: ['192.0.2.0/24'],
			metadata: { team: 'a' },
			status: 'active',
			expires_at: null,
			last_used_at: null,
			last_used_ip: null,
		});
		expect(created.key.startsWith(created.start)).toBe(true);
		expect(created.key.endsWith(created.last4)).toBe(true);
		const { key: _, ...shown } = created;
		expect(await get(created.id)).toEqual(shown);
		const row = await auth.prisma.apiKey.findUniqueOrThrow({ where: { id: created.id } });
		expect(Buffer.from(row.keyHash).toString('hex')).toBe(hashOf(created.key));
		expect(JSON.stringify(auth.log)).not.toContain(created.key);
	});

	test('is reported to its owner by mail, with its first and last characters', async () => {
		const { start, last4 } = await create();
		const [mail] = await mailsTo(auth, person.email, { about: 'New API key for your creatorr account' });
		expect(mail?.text).toContain(`API key: ${start}...${last4}`);
	});

	test('has the rights that its owner chose when a gateway checks it', async () => {
		const expires_at = new Date(Date.now() + 3_600_000).toISOString();
		const created = await create({ tools: ['ocr'], allowed_ips: ['::1'], expires_at });
		expect(await check(created.key)).toEqual({
			key_id: created.id,
			user_id: person.id,
			scopes: ['jobs:read'],
			tools: ['ocr'],
			allowed_ips: ['::1'],
			expires_at,
			plan: 'free',
			starts_grace_period: false,
		});
		expect(await check(newApiKey(DEFAULT_API_KEY_PREFIX))).toBeNull();
	});

	test.each([
		['no scopes', { scopes: [] }, 'scopes'],
		['an unknown scope', { scopes: ['files:*'] }, 'scopes.0'],
		['no name', { name: '' }, 'name'],
		['an invalid address range', { allowed_ips: ['192.0.2.0/33'] }, 'allowed_ips.0'],
		['a past expiry', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
		['too much metadata', { metadata: { a: 'x'.repeat(201) } }, 'metadata.a'],
		['metadata named __proto__', { metadata: JSON.parse('{"__proto__": "x"}') }, 'metadata.__proto__'],
	])('with %s is refused', async (_, body, path) => {
		const sent = { name: 'a', scopes: ['jobs:read'], ...body };
		const { error } = (await call(auth.app, 'post', '/v1/keys', { person }).send(sent).expect(400)).body;
		expect(error.details[0].path).toBe(path);
	});

	test('is refused while the user has 50 working keys', async () => {
		const first = await create();
		const row = await auth.prisma.apiKey.findUniqueOrThrow({ where: { id: first.id } });
		const data = Array.from({ length: 49 }, () => ({
			...row,
			metadata: {},
			id: newId('key'),
			keyHash: crypto.getRandomValues(new Uint8Array(32)),
		}));
		await auth.prisma.apiKey.createMany({ data });
		const send = () =>
			call(auth.app, 'post', '/v1/keys', { person }).send({ name: 'a', scopes: ['jobs:read'] });
		expect((await send().expect(403)).body.error.code).toBe('plan_limit');
		await remove(first.id).expect(204);
		await send().expect(201);
	});

	test('is refused for a suspended account, and says so', async () => {
		await auth.prisma.user.update({ where: { id: person.id }, data: { suspendedAt: new Date() } });
		const sent = { name: 'a', scopes: ['jobs:read'] };
		const { error } = (await call(auth.app, 'post', '/v1/keys', { person }).send(sent).expect(401)).body;
		expect(error.message).toBe('This account was deleted or suspended.');
	});
});

describe('a list of keys', () => {
	test('has the newest first, in pages', async () => {
		const ids = [await create(), await create(), await create()].map(({ id }) => id);
		const page = (query: string) => call(auth.app, 'get', `/v1/keys?limit=2${query}`, { person }).expect(200);
		const first = (await page('')).body;
		expect(first.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]]);
		const second = (await page(`&cursor=${first.next_cursor}`)).body;
		expect([second.data.map(({ id }: { id: string }) => id), second.next_cursor]).toEqual([[ids[0]], null]);
	});
});

describe('another user', () => {
	test('finds no key', async () => {
		const { id } = await create();
		const stranger = await register(auth.app);
		const as = { person: stranger };
		await call(auth.app, 'get', `/v1/keys/${id}`, as).expect(404);
		await call(auth.app, 'get', `/v1/keys/${id}/events`, as).expect(404);
		await call(auth.app, 'patch', `/v1/keys/${id}`, as).send({ name: 'mine' }).expect(404);
		await call(auth.app, 'post', `/v1/keys/${id}/rotate`, as).send({}).expect(404);
		await remove(id, stranger).expect(404);
		expect((await call(auth.app, 'get', '/v1/keys', as).expect(200)).body.data).toEqual([]);
		expect((await get(id)).status).toBe('active');
	});
});

describe('a revocation', () => {
	test('gets its response after every gateway has revoked the key', async () => {
		const { id, key } = await create();
		let aliveAtPush: unknown = 'not pushed';
		gateway.handlePush = async (res) => {
			aliveAtPush = await check(key);
			res.writeHead(204).end();
		};
		await remove(id).expect(204);
		expect(aliveAtPush).toBeNull();
		expect(gateway.pushes.map((push) => push.revoked_keys)).toEqual([[hashOf(key)]]);
		expect(await auth.prisma.apiKeyChange.count({ where: { userId: person.id } })).toBe(0);
		expect((await get(id)).status).toBe('revoked');
		expect(await typesOf(id)).toEqual(['revoked', 'created']);
	});

	test('can be repeated, and completes a revocation whose process was killed', async () => {
		const { id, key } = await create();
		const row = await auth.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
		const { keyHash, userId } = row;
		await auth.prisma.apiKeyChange.create({ data: { keyHash, userId, isRevoked: true } });
		await remove(id).expect(204);
		await remove(id).expect(204);
		expect(gateway.pushes.map((push) => push.revoked_keys)).toEqual([[hashOf(key)]]);
	});

	test('waits for the lease of a gateway that doesn’t respond', async () => {
		const lost = await startGateway(auth.controlUrl, hang);
		const { id } = await create();
		await remove(id).expect(204);
		expect((await lost.lease()).granted).toBe(false);
		await lost.stop();
	});

	test('whose process was killed is propagated by another one', async () => {
		const { id, key } = await create();
		const row = await auth.prisma.apiKey.update({ where: { id }, data: { revokedAt: new Date() } });
		const createdAt = new Date(Date.now() - 60_000);
		const { keyHash, userId } = row;
		await auth.prisma.apiKeyChange.create({ data: { keyHash, userId, isRevoked: true, createdAt } });
		const replica = await auth.startReplica();
		while ((await auth.prisma.apiKeyChange.count({ where: { userId } })) > 0)
			await new Promise((resolve) => setTimeout(resolve, 20));
		expect(gateway.pushes.flatMap((push) => push.revoked_keys ?? [])).toContain(hashOf(key));
		await auth.stopReplica(replica);
	});
});

describe('a change', () => {
	test('gets its response after every gateway has dropped the earlier state', async () => {
		const { id, key } = await create({ scopes: ['jobs:read', 'jobs:write'], tools: ['ocr'] });
		let scopesAtPush: unknown;
		gateway.handlePush = async (res) => {
			scopesAtPush = (await check(key)).scopes;
			res.writeHead(204).end();
		};
		const body = { name: 'New', scopes: ['jobs:read'], tools: null };
		const response = await call(auth.app, 'patch', `/v1/keys/${id}`, { person }).send(body).expect(200);
		expect(response.body.data).toMatchObject(body);
		expect(scopesAtPush).toEqual(['jobs:read']);
		expect(gateway.pushes.map((push) => push.changed_keys)).toEqual([[hashOf(key)]]);
		expect(await typesOf(id)).toEqual(['changed', 'created']);
	});

	test('without fields returns the key and changes nothing', async () => {
		const { id } = await create();
		const response = await call(auth.app, 'patch', `/v1/keys/${id}`, { person }).send({}).expect(200);
		expect(response.body.data).toEqual(await get(id));
		expect(gateway.pushes).toEqual([]);
		expect(await typesOf(id)).toEqual(['created']);
	});

	test('of a revoked key is refused', async () => {
		const { id } = await create();
		await remove(id).expect(204);
		await call(auth.app, 'patch', `/v1/keys/${id}`, { person }).send({ name: 'a' }).expect(404);
		await call(auth.app, 'post', `/v1/keys/${id}/rotate`, { person }).send({}).expect(404);
	});
});

describe('a rotation', () => {
	test('returns a key with the same rights, and the old one works until its grace period ends', async () => {
		const old = await create({ tools: ['ocr'], metadata: { team: 'a' } });
		const fresh = await rotate(old.id, { grace_seconds: 3_600 });
		expect(fresh).toMatchObject({
			name: old.name,
			scopes: old.scopes,
			tools: old.tools,
			metadata: old.metadata,
			status: 'active',
			expires_at: null,
			replaces: old.id,
		});
		const { expires_at } = await check(old.key);
		const graceMs = Date.parse(expires_at) - Date.now();
		expect(graceMs).toBeGreaterThan(3_000_000);
		expect(graceMs).toBeLessThanOrEqual(3_600_000);
		expect(await get(old.id)).toMatchObject({ status: 'rotating', expires_at });
		expect(gateway.pushes.map((push) => push.changed_keys)).toEqual([[hashOf(old.key)]]);
		expect(await typesOf(old.id)).toEqual(['rotated', 'created']);
	});

	test('without grace ends the old key at once', async () => {
		const old = await create();
		const fresh = await rotate(old.id, { grace_seconds: 0 });
		expect(gateway.pushes.map((push) => push.revoked_keys)).toEqual([[hashOf(old.key)]]);
		expect(await check(old.key)).toBeNull();
		expect(await check(fresh.key)).not.toBeNull();
		expect((await get(old.id)).status).toBe('expired');
	});

	test('starts the grace period with the first use of the new key, if asked to', async () => {
		const old = await create();
		const fresh = await rotate(old.id, { grace_seconds: 60, grace_starts: 'first_use' });
		expect((await check(old.key)).expires_at).toBeNull();
		expect(await get(old.id)).toMatchObject({ status: 'rotating', expires_at: null });
		// A check may precede a refusal, for example of the address.
		expect(await check(fresh.key)).toMatchObject({ starts_grace_period: true });
		expect((await check(old.key)).expires_at).toBeNull();
		await use(fresh.id);
		const { expires_at } = await check(old.key);
		expect(Date.parse(expires_at)).toBeGreaterThan(Date.now());
		while (gateway.pushes.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
		expect(gateway.pushes[0]?.changed_keys).toEqual([hashOf(old.key)]);
		expect(await check(fresh.key)).toMatchObject({ starts_grace_period: false });
		await use(fresh.id);
		expect((await check(old.key)).expires_at).toBe(expires_at);
	});

	test.each(['first_use', 'now'])(
		'of a key that was never used starts every pending grace period with the first use of the newest key (grace_starts: %s)',
		async (grace_starts) => {
			const oldest = await create();
			const middle = await rotate(oldest.id, { grace_seconds: 60, grace_starts: 'first_use' });
			const newest = await rotate(middle.id, { grace_seconds: 3_600, grace_starts });
			expect((await check(oldest.key)).expires_at).toBeNull();
			expect(await check(newest.key)).toMatchObject({ starts_grace_period: true });
			await use(newest.id);
			const { expires_at } = await check(oldest.key);
			expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
			expect(await get(oldest.id)).toMatchObject({ status: 'rotating', expires_at });
			expect((await get(middle.id)).expires_at).not.toBeNull();
			expect(await check(newest.key)).toMatchObject({ starts_grace_period: false });
		},
	);

	test('ends without effect when the new key is revoked before its first use', async () => {
		const old = await create();
		const fresh = await rotate(old.id, { grace_seconds: 60, grace_starts: 'first_use' });
		await remove(fresh.id).expect(204);
		expect(await get(old.id)).toMatchObject({ status: 'active', expires_at: null });
	});

	test('ends without effect when the new key expires before its first use', async () => {
		const old = await create();
		const fresh = await rotate(old.id, { grace_seconds: 60, grace_starts: 'first_use' });
		await auth.prisma.apiKey.update({ where: { id: fresh.id }, data: { expiresAt: new Date() } });
		expect(await get(old.id)).toMatchObject({ status: 'active', expires_at: null });
	});

	test('goes on when keys in the middle were revoked before their first use, and are no longer listed', async () => {
		const oldest = await create();
		const firstUse = { grace_seconds: 60, grace_starts: 'first_use' };
		const second = await rotate(oldest.id, firstUse);
		const third = await rotate(second.id, firstUse);
		const newest = await rotate(third.id, firstUse);
		await remove(second.id).expect(204);
		await remove(third.id).expect(204);
		const revoked = await auth.prisma.apiKey.findUniqueOrThrow({ where: { id: third.id } });
		const ended = Array.from({ length: 120 }, () => ({
			...revoked,
			id: newId('key'),
			keyHash: new Uint8Array(randomBytes(32)),
			metadata: {},
			replaces: null,
			pendingGraceSeconds: null,
		}));
		await auth.prisma.apiKey.createMany({ data: ended });
		await create();
		await call(auth.app, 'get', `/v1/keys/${second.id}`, { person }).expect(404);
		expect(await get(oldest.id)).toMatchObject({ status: 'rotating', expires_at: null });
		await use(newest.id);
		expect((await check(oldest.key)).expires_at).not.toBeNull();
	});

	test('goes on when a key in the middle is revoked before its first use', async () => {
		const oldest = await create();
		const middle = await rotate(oldest.id, { grace_seconds: 60, grace_starts: 'first_use' });
		const newest = await rotate(middle.id, { grace_seconds: 60, grace_starts: 'first_use' });
		await remove(middle.id).expect(204);
		expect(await get(oldest.id)).toMatchObject({ status: 'rotating', expires_at: null });
		await use(newest.id);
		expect((await check(oldest.key)).expires_at).not.toBeNull();
	});

	test('keeps an earlier expiry of the old key', async () => {
		const expires_at = new Date(Date.now() + 60_000).toISOString();
		const old = await create({ expires_at });
		expect((await rotate(old.id, { expires_at: null })).expires_at).toBeNull();
		expect((await check(old.key)).expires_at).toBe(expires_at);
	});
});

describe('a report of a leaked key', () => {
	const report = (key: string, address?: string) =>
		call(auth.app, 'post', '/v1/keys/leaked', address === undefined ? {} : { address }).send({ key });

	test('revokes it at every gateway and mails its owner', async () => {
		const { id, key, start, last4 } = await create();
		await report(`${key}\n`, '198.51.100.7').expect(204);
		expect(gateway.pushes.map((push) => push.revoked_keys)).toEqual([[hashOf(key)]]);
		expect(await check(key)).toBeNull();
		expect((await eventsOf(id))[0]).toMatchObject({ type: 'leaked', ip: '198.51.100.7' });
		const [mail] = await mailsTo(auth, person.email, { about: 'A creatorr API key was leaked and revoked' });
		expect(mail?.text).toContain(`API key: ${start}...${last4}`);
		expect(mail?.text).toContain('\nReported from IP address: 198.51.100.7\n');
		expect(mail?.text).not.toMatch(/Device:|If this was you/);
		await report(key).expect(204);
		expect(await typesOf(id)).toEqual(['leaked', 'created']);
	});

	test('is published once', async () => {
		const { id, key } = await create();
		const published: string[] = [];
		const broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
		const consumer = startConsumer(broker, {
			queue: QUEUES.webhooksKeyLeaked,
			definition: keyLeaked,
			prefetch: 1,
			logger: silent,
			handle: async ({ data }) => void published.push(`${data.user_id} ${data.key_id}`),
		});
		await report(key).expect(204);
		await report(key).expect(204);
		const last = await create();
		await report(last.key).expect(204);
		while (!published.some((fact) => fact.endsWith(last.id)))
			await new Promise((resolve) => setTimeout(resolve, 10));
		expect(published.filter((fact) => fact.startsWith(person.id))).toEqual([
			`${person.id} ${id}`,
			`${person.id} ${last.id}`,
		]);
		await consumer.stop();
		await broker.close();
	});

	test('gets the same response for every other text', async () => {
		for (const key of ['', 'x', newApiKey(DEFAULT_API_KEY_PREFIX), `${newApiKey(DEFAULT_API_KEY_PREFIX)}x`])
			await report(key).expect(204);
		expect(gateway.pushes).toEqual([]);
	});
});

describe('the last use', () => {
	const reportUse = (uses: object[]) =>
		call(auth.controlUrl, 'post', '/internal/keys/use').send({ uses }).expect(204);

	test('is recorded for many keys at once, and never goes back', async () => {
		const [one, other] = [await create(), await create()];
		const [earlier, later] = ['2026-01-02T03:04:00.000Z', '2026-01-02T03:05:00.000Z'];
		await reportUse([
			{ key_id: one.id, used_at: later, ip: HOME },
			{ key_id: other.id, used_at: earlier, ip: '2001:db8::1' },
			{ key_id: newId('key'), used_at: later, ip: HOME },
		]);
		await reportUse([{ key_id: one.id, used_at: earlier, ip: '192.0.2.9' }]);
		expect(await get(one.id)).toMatchObject({ last_used_at: later, last_used_ip: HOME });
		expect(await get(other.id)).toMatchObject({ last_used_at: earlier, last_used_ip: '2001:db8::1' });
	});
});

describe('keys end', () => {
	test('with their account, at every gateway before the response', async () => {
		const { key } = await create();
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		expect(gateway.pushes.map((push) => push.revoked_keys)).toEqual([[hashOf(key)]]);
		expect(await check(key)).toBeNull();
		expect(await auth.prisma.apiKey.count({ where: { userId: person.id } })).toBe(0);
	});

	test('but not with a new password', async () => {
		const { key } = await create();
		const body = { current_password: PASSWORD, new_password: 'staple horse battery' };
		await call(auth.app, 'post', '/v1/auth/password', { person }).send(body).expect(204);
		expect(await check(key)).not.toBeNull();
	});
});

test('the events of a key and a user’s keys that no longer work are limited in number', async () => {
	const first = await create();
	const row = await auth.prisma.apiKey.findUniqueOrThrow({ where: { id: first.id } });
	await auth.prisma.apiKeyEvent.createMany({
		data: Array.from({ length: 120 }, () => ({ keyId: row.id, type: 'changed' })),
	});
	await auth.prisma.apiKey.createMany({
		data: Array.from({ length: 120 }, () => ({
			...row,
			metadata: {},
			id: newId('key'),
			revokedAt: new Date(),
			keyHash: crypto.getRandomValues(new Uint8Array(32)),
		})),
	});
	await call(auth.app, 'patch', `/v1/keys/${row.id}`, { person }).send({ name: 'a' }).expect(200);
	await create();
	expect(await auth.prisma.apiKeyEvent.count({ where: { keyId: row.id } })).toBe(100);
	expect(await auth.prisma.apiKey.count({ where: { userId: person.id } })).toBe(102);
});

/** A replica with the limits of production. */
let strict: string;

beforeAll(async () => {
	strict = await auth.startReplica({
		API_KEYS_REQUIRE_VERIFIED_EMAIL: 'true',
		LEAKED_KEY_REPORTS_PER_NETWORK: '2',
	});
});

test('a user creates keys after verifying the email, which revokes earlier keys', async () => {
	const body = { name: 'a', scopes: ['jobs:read'] };
	const createStrictly = () => call(strict, 'post', '/v1/keys', { person }).send(body);
	expect((await createStrictly().expect(403)).body.error.code).toBe('email_not_verified');
	const early = { userId: person.id, name: 'early', start: 'ctr_live_abcd', last4: '1234', metadata: {} };
	await auth.prisma.apiKey.create({
		data: { ...early, id: 'key_01ARZ3NDEKTSV4RRFFQ69G5FAV', keyHash: new Uint8Array(32) },
	});
	const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
	await call(strict, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token }).expect(204);
	await createStrictly().expect(201);
	const { data } = (await call(strict, 'get', '/v1/keys', { person }).expect(200)).body;
	expect(data.map(({ status }: { status: string }) => status)).toEqual(['active', 'revoked']);
});

test('a network that reports too many leaked keys gets 429, with the wait in minutes', async () => {
	const report = (key: string, address: string) =>
		call(strict, 'post', '/v1/keys/leaked', { address }).send({ key });
	for (let sent = 0; sent < 2; sent += 1) await report(newApiKey('ctr_live_'), '198.51.100.1').expect(204);
	const { body } = await report(newApiKey('ctr_live_'), '198.51.100.1').expect(429);
	expect(body.error.message).toBe(
		'Too many reports of leaked keys from your network. Try again in 30 minutes.',
	);
	await report('not a key', '198.51.100.1').expect(204);
	await report(newApiKey('ctr_live_'), '198.51.100.2').expect(204);
});
