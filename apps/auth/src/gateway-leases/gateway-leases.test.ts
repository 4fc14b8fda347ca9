import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsGateway, signAsWorker } from '../testing/callers.ts';
import {
	acknowledge,
	type FakeGateway,
	hang,
	hangUp,
	newInstanceId,
	type PushHandler,
	rejectAsOtherInstance,
	startGateway,
} from '../testing/fake-gateway.ts';
import { call, isAlive, type Person, register, signIn } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { fenceLease, renewLease } from './gateway-leases.sql.ts';
import { propagateMissedChanges } from './propagate-changes.ts';

const LEASE_MS = 1_500;

let auth: AuthService;
const gateways: FakeGateway[] = [];

beforeAll(async () => {
	auth = await startAuth({ GATEWAY_LEASE_MS: String(LEASE_MS) });
});

afterEach(async () => {
	await Promise.all(gateways.splice(0).map((gateway) => gateway.stop()));
	await auth.prisma.gatewayLease.deleteMany();
	await auth.prisma.revocation.deleteMany();
});

afterAll(() => auth.close());

async function startGatewayThat(handlePush: PushHandler): Promise<FakeGateway> {
	const gateway = await startGateway(auth.app, handlePush);
	gateways.push(gateway);
	return gateway;
}

function signOut(person: Person, app = auth.app) {
	return call(app, 'post', '/v1/auth/logout', { person });
}

/** Whether this gateway may still use its cache, by the database's clock. */
async function mayUseCache(gateway: FakeGateway): Promise<boolean> {
	const [row] = await auth.prisma.$queryRaw<{ live: boolean }[]>`
		SELECT expires_at > clock_timestamp() AS live FROM gateway_leases WHERE id = ${gateway.instanceId}`;
	return row?.live ?? false;
}

async function isFenced(gateway: FakeGateway): Promise<boolean> {
	const lease = await auth.prisma.gatewayLease.findUniqueOrThrow({ where: { id: gateway.instanceId } });
	return lease.fencedAt !== null;
}

describe('a sign-out', () => {
	test('responds after every gateway with a lease has acknowledged', async () => {
		const person = await register(auth.app);
		const order: string[] = [];
		const slowly: PushHandler = async (res, push) => {
			await sleep(100);
			order.push('acknowledged');
			await acknowledge(res, push);
		};
		const gateways = [await startGatewayThat(slowly), await startGatewayThat(slowly)];
		await signOut(person).expect(204);
		order.push('answered');
		expect(order).toEqual(['acknowledged', 'acknowledged', 'answered']);
		for (const { pushes, instanceId } of gateways) {
			expect(pushes).toEqual([{ instance_id: instanceId, session_ids: [person.sessionId] }]);
		}
	});

	test('commits the revocation before it pushes it to gateways', async () => {
		const person = await register(auth.app);
		let aliveAtPush: boolean | undefined;
		await startGatewayThat(async (res, push) => {
			aliveAtPush = await isAlive(auth.app, person.sessionId);
			await acknowledge(res, push);
		});
		await signOut(person).expect(204);
		expect(aliveAtPush).toBe(false);
	});

	test('leaves nothing pending and no gateway fenced when all acknowledge', async () => {
		const gateway = await startGatewayThat(acknowledge);
		await signOut(await register(auth.app)).expect(204);
		expect(await auth.prisma.revocation.count()).toBe(0);
		expect(await gateway.lease()).toMatchObject({ granted: true, ttl_ms: LEASE_MS });
	});

	test('on one replica reaches gateways that lease at another', async () => {
		const person = await register(auth.app);
		const replica = await auth.startReplica();
		const gateway = await startGatewayThat(acknowledge);
		await signOut(person, replica).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('retries once when the connection breaks, without fencing the gateway', async () => {
		const gateway = await startGatewayThat(hangUp);
		gateway.handlePush = (res, push) => {
			gateway.handlePush = acknowledge;
			return hangUp(res, push);
		};
		await signOut(await register(auth.app)).expect(204);
		expect(gateway.pushes).toHaveLength(2);
		expect(await isFenced(gateway)).toBe(false);
	});

	test('of a propagated session is repeated without a push', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(acknowledge);
		await signOut(person).expect(204);
		await signOut(person).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('of a revoked but pending session propagates it before it responds', async () => {
		const person = await register(auth.app);
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { revokedAt: new Date() } });
		await auth.prisma.revocation.create({ data: { sessionId: person.sessionId, userId: person.id } });
		const gateway = await startGatewayThat(acknowledge);
		await signOut(person).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('revokes only this session', async () => {
		const person = await register(auth.app);
		const other = await signIn(auth.app, person);
		const gateway = await startGatewayThat(acknowledge);
		await signOut(person).expect(204);
		expect(gateway.pushes.map((push) => push.session_ids)).toEqual([[person.sessionId]]);
		expect(await isAlive(auth.app, other.sessionId)).toBe(true);
	});
});

describe('a gateway that does not acknowledge', () => {
	test.each<[string, PushHandler]>([
		['hangs', hang],
		['breaks every connection', hangUp],
		['is another instance at the same address', rejectAsOtherInstance],
		['responds with a failure', (res) => void res.writeHead(500).end()],
	])('because it %s is fenced, and the sign-out waits for its lease', async (_, handlePush) => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(handlePush);
		await signOut(person).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(await gateway.lease()).toMatchObject({ granted: false });
		expect(await auth.prisma.revocation.count()).toBe(0);
	});

	test('because it is dead is fenced, and the sign-out waits for its lease', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(acknowledge);
		await gateway.stop();
		gateways.length = 0;
		await gateway.lease();
		await signOut(person).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(await isFenced(gateway)).toBe(true);
	});

	test('does not delay the push to other gateways', async () => {
		const person = await register(auth.app);
		const silent = await startGatewayThat(hang);
		const good = await startGatewayThat(acknowledge);
		await silent.lease();
		const signedOut = signOut(person)
			.expect(204)
			.then(() => 'answered');
		await waitUntil(() => good.pushes.length > 0);
		expect(await mayUseCache(silent)).toBe(true);
		expect(await signedOut).toBe('answered');
		expect(await isFenced(good)).toBe(false);
	});

	test('can’t renew its lease while a sign-out waits for its end', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(hangUp);
		const signedOut = signOut(person)
			.expect(204)
			.then(() => 'answered');
		await waitUntil(() => isFenced(gateway));
		expect(await mayUseCache(gateway)).toBe(true);
		expect(await gateway.lease()).toMatchObject({ granted: false });
		expect(await signedOut).toBe('answered');
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('whose renewal precedes the fence is waited for until the renewed end', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(hangUp);
		let signedOut: Promise<unknown> | undefined;
		await auth.prisma.$transaction(async (tx) => {
			await tx.$executeRaw`
				UPDATE gateway_leases SET expires_at = clock_timestamp() + interval '3 seconds'
				WHERE id = ${gateway.instanceId}`;
			signedOut = signOut(person)
				.expect(204)
				.then(() => 'answered');
			// The fence waits for the row's lock now. A wrong fence would use the end that it had read before.
			await waitUntil(() => gateway.pushes.length === 2);
			await sleep(100);
		});
		expect(await mayUseCache(gateway)).toBe(true);
		expect(await signedOut).toBe('answered');
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('and is fenced already is waited for by other sign-outs too', async () => {
		const [one, other] = [await register(auth.app), await register(auth.app)];
		const gateway = await startGatewayThat(hangUp);
		const first = signOut(one)
			.expect(204)
			.then(() => 'answered');
		await waitUntil(() => isFenced(gateway));
		const pushes = gateway.pushes.length;
		await signOut(other).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(gateway.pushes).toHaveLength(pushes);
		expect(await first).toBe('answered');
	});

	test('and whose lease has long expired costs no wait, and gets no more pushes', async () => {
		const gateway = await startGatewayThat(hangUp);
		await auth.prisma.gatewayLease.update({
			where: { id: gateway.instanceId },
			data: { expiresAt: new Date(Date.now() - 30_000) },
		});
		await signOut(await register(auth.app)).expect(204);
		expect(await isFenced(gateway)).toBe(true);
		expect(gateway.pushes).toHaveLength(2);
		await signOut(await register(auth.app)).expect(204);
		expect(gateway.pushes).toHaveLength(2);
	});
});

describe('a revocation', () => {
	test('completes when the client has disconnected', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(hangUp);
		const client = new AbortController();
		const sent = fetch(`${auth.app}/v1/auth/logout`, {
			method: 'POST',
			headers: { [IDENTITY_HEADER]: signAsGateway({ id: person.id, sessionId: person.sessionId }) },
			signal: client.signal,
		});
		await waitUntil(() => gateway.pushes.length > 0);
		client.abort();
		await expect(sent).rejects.toThrow('aborted');
		await waitUntil(async () => (await auth.prisma.revocation.count()) === 0);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isFenced(gateway)).toBe(true);
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('of a killed process is propagated by another replica', async () => {
		const person = await register(auth.app);
		const gateway = await startGatewayThat(acknowledge);
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { revokedAt: new Date() } });
		await auth.prisma.revocation.create({
			data: { sessionId: person.sessionId, userId: person.id, createdAt: new Date(Date.now() - 60_000) },
		});
		await waitUntil(async () => (await auth.prisma.revocation.count()) === 0);
		expect(gateway.pushes[0]?.session_ids).toEqual([person.sessionId]);
	});

	test('does not delay the shutdown of a process while it waits for a gateway', async () => {
		const prisma = { $queryRaw: async () => [{ session_id: 'ses_1' }] } as unknown as AuthService['prisma'];
		const stopping = new AbortController();
		const propagate = () => {
			stopping.abort();
			return new Promise<void>(() => undefined);
		};
		await propagateMissedChanges.run({ prisma, propagate }, stopping.signal);
		expect(stopping.signal.aborted).toBe(true);
	});
});

describe('a lease', () => {
	test('is granted to a new instance at the address of a fenced one', async () => {
		const signOut = async () =>
			call(auth.app, 'post', '/v1/auth/logout', { person: await register(auth.app) });
		const gateway = await startGateway(auth.app, rejectAsOtherInstance);
		expect((await signOut()).status).toBe(204);
		expect((await gateway.lease()).granted).toBe(false);
		gateway.instanceId = newInstanceId();
		gateway.handlePush = acknowledge;
		expect((await gateway.lease()).granted).toBe(true);
		expect((await signOut()).status).toBe(204);
		expect(gateway.pushes.at(-1)?.instance_id).toBe(gateway.instanceId);
		await gateway.stop();
	});

	test('doesn’t delay sign-outs after its release, and is not granted again', async () => {
		const gateway = await startGateway(auth.app, hangUp);
		await call(auth.app, 'delete', `/internal/gateways/${gateway.instanceId}/lease`).expect(204);
		await call(auth.app, 'post', '/v1/auth/logout', { person: await register(auth.app) }).expect(204);
		expect(gateway.pushes).toEqual([]);
		expect((await gateway.lease()).granted).toBe(false);
		await gateway.stop();
	});

	test('is never shortened by a concurrent older renewal', async () => {
		const lease = { id: newInstanceId(), callbackUrl: 'http://127.0.0.1:1' };
		await renewLease(auth.prisma, { ...lease, durationMs: 60_000 });
		await renewLease(auth.prisma, { ...lease, durationMs: 1_000 });
		expect(await fenceLease(auth.prisma, lease.id)).toBeGreaterThan(50_000);
	});

	test('is refused to other callers', async () => {
		await request(auth.app)
			.put(`/internal/gateways/${newInstanceId()}/lease`)
			.set(IDENTITY_HEADER, signAsWorker())
			.send({ callback_url: 'http://127.0.0.1:1' })
			.expect(401);
	});

	test.each(['ftp://127.0.0.1', 'nonsense', 7])(
		'with the callback URL %p returns a validation error',
		async (url) => {
			const response = await call(auth.app, 'put', `/internal/gateways/${newInstanceId()}/lease`).send({
				callback_url: url,
			});
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		},
	);
});
