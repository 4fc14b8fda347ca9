import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { signAsGateway } from './support/callers.ts';
import {
	type Answer,
	acknowledge,
	beSomebodyElse,
	type FakeGateway,
	hang,
	hangUp,
	startGateway,
} from './support/fake-gateway.ts';
import { call, isAlive, type Person, register, signIn } from './support/requests.ts';
import { until } from './support/until.ts';

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

async function gatewayThat(answer: Answer): Promise<FakeGateway> {
	const gateway = await startGateway(auth.app, answer);
	gateways.push(gateway);
	return gateway;
}

function logOut(person: Person, app = auth.app) {
	return call(app, 'post', '/v1/auth/logout', { person });
}

/** Whether this gateway may still answer from its cache, by the clock that all go by. */
async function mayUseCache(gateway: FakeGateway): Promise<boolean> {
	const [row] = await auth.prisma.$queryRaw<{ live: boolean }[]>`
		SELECT expires_at > clock_timestamp() AS live FROM gateway_leases WHERE id = ${gateway.instanceId}`;
	return row?.live ?? false;
}

async function isFenced(gateway: FakeGateway): Promise<boolean> {
	const lease = await auth.prisma.gatewayLease.findUniqueOrThrow({ where: { id: gateway.instanceId } });
	return lease.fencedAt !== null;
}

describe('a logout', () => {
	test('is answered only after every gateway with a lease has acknowledged', async () => {
		const person = await register(auth.app);
		const order: string[] = [];
		const slowly: Answer = async (res, push) => {
			await sleep(100);
			order.push('acknowledged');
			await acknowledge(res, push);
		};
		const gateways = [await gatewayThat(slowly), await gatewayThat(slowly)];
		await logOut(person).expect(204);
		order.push('answered');
		expect(order).toEqual(['acknowledged', 'acknowledged', 'answered']);
		for (const { pushes, instanceId } of gateways) {
			expect(pushes).toEqual([{ instance_id: instanceId, session_ids: [person.sessionId] }]);
		}
	});

	test('has committed the revocation before any gateway hears of it', async () => {
		const person = await register(auth.app);
		let aliveAtPush: boolean | undefined;
		await gatewayThat(async (res, push) => {
			aliveAtPush = await isAlive(auth.app, person.sessionId);
			await acknowledge(res, push);
		});
		await logOut(person).expect(204);
		expect(aliveAtPush).toBe(false);
	});

	test('leaves nothing unsettled and no gateway fenced when all acknowledge', async () => {
		const gateway = await gatewayThat(acknowledge);
		await logOut(await register(auth.app)).expect(204);
		expect(await auth.prisma.revocation.count()).toBe(0);
		expect(await gateway.lease()).toMatchObject({ granted: true, ttl_ms: LEASE_MS });
	});

	test('on one replica reaches gateways that lease at another', async () => {
		const person = await register(auth.app);
		const replica = await auth.startReplica();
		const gateway = await gatewayThat(acknowledge);
		await logOut(person, replica).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('tries once more when the connection breaks, and then fences nobody', async () => {
		const gateway = await gatewayThat(hangUp);
		gateway.answer = (res, push) => {
			gateway.answer = acknowledge;
			return hangUp(res, push);
		};
		await logOut(await register(auth.app)).expect(204);
		expect(gateway.pushes).toHaveLength(2);
		expect(await isFenced(gateway)).toBe(false);
	});

	test('of a session that is settled is repeated without bothering the gateways', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(acknowledge);
		await logOut(person).expect(204);
		await logOut(person).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('that finds the session revoked but unsettled settles it before it answers', async () => {
		const person = await register(auth.app);
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { revokedAt: new Date() } });
		await auth.prisma.revocation.create({ data: { sessionId: person.sessionId, userId: person.id } });
		const gateway = await gatewayThat(acknowledge);
		await logOut(person).expect(204);
		expect(gateway.pushes).toHaveLength(1);
	});

	test('revokes this session and no other', async () => {
		const person = await register(auth.app);
		const other = await signIn(auth.app, person);
		const gateway = await gatewayThat(acknowledge);
		await logOut(person).expect(204);
		expect(gateway.pushes.map((push) => push.session_ids)).toEqual([[person.sessionId]]);
		expect(await isAlive(auth.app, other.sessionId)).toBe(true);
	});
});

describe('a gateway that does not acknowledge', () => {
	test.each<[string, Answer]>([
		['hangs', hang],
		['breaks every connection', hangUp],
		['is another instance at the same address', beSomebodyElse],
		['answers with a failure', (res) => void res.writeHead(500).end()],
	])('because it %s is fenced and waited out', async (_, answer) => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(answer);
		await logOut(person).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(await gateway.lease()).toMatchObject({ granted: false });
		expect(await auth.prisma.revocation.count()).toBe(0);
	});

	test('because it is dead is fenced and waited out', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(acknowledge);
		await gateway.stop();
		gateways.length = 0;
		await gateway.lease();
		await logOut(person).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(await isFenced(gateway)).toBe(true);
	});

	test('does not keep the others from hearing at once', async () => {
		const person = await register(auth.app);
		const silent = await gatewayThat(hang);
		const good = await gatewayThat(acknowledge);
		await silent.lease();
		const loggedOut = logOut(person)
			.expect(204)
			.then(() => 'answered');
		await until(() => good.pushes.length > 0);
		expect(await mayUseCache(silent)).toBe(true);
		expect(await loggedOut).toBe('answered');
		expect(await isFenced(good)).toBe(false);
	});

	test('cannot renew its lease while a logout waits for its end', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(hangUp);
		const loggedOut = logOut(person)
			.expect(204)
			.then(() => 'answered');
		await until(() => isFenced(gateway));
		expect(await mayUseCache(gateway)).toBe(true);
		expect(await gateway.lease()).toMatchObject({ granted: false });
		expect(await loggedOut).toBe('answered');
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('whose renewal comes just before the fence is waited out for the renewed time', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(hangUp);
		let loggedOut: Promise<unknown> | undefined;
		await auth.prisma.$transaction(async (tx) => {
			await tx.$executeRaw`
				UPDATE gateway_leases SET expires_at = clock_timestamp() + interval '3 seconds'
				WHERE id = ${gateway.instanceId}`;
			loggedOut = logOut(person)
				.expect(204)
				.then(() => 'answered');
			// The fence is at the row's lock now; a wrong one would go by what it had read.
			await until(() => gateway.pushes.length === 2);
			await sleep(100);
		});
		expect(await mayUseCache(gateway)).toBe(true);
		expect(await loggedOut).toBe('answered');
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('and is fenced already is waited out by other logouts too', async () => {
		const [one, other] = [await register(auth.app), await register(auth.app)];
		const gateway = await gatewayThat(hangUp);
		const first = logOut(one)
			.expect(204)
			.then(() => 'answered');
		await until(() => isFenced(gateway));
		const pushes = gateway.pushes.length;
		await logOut(other).expect(204);
		expect(await mayUseCache(gateway)).toBe(false);
		expect(gateway.pushes).toHaveLength(pushes);
		expect(await first).toBe('answered');
	});

	test('and whose lease has long expired costs no wait, and is never tried again', async () => {
		const gateway = await gatewayThat(hangUp);
		await auth.prisma.gatewayLease.update({
			where: { id: gateway.instanceId },
			data: { expiresAt: new Date(Date.now() - 30_000) },
		});
		await logOut(await register(auth.app)).expect(204);
		expect(await isFenced(gateway)).toBe(true);
		expect(gateway.pushes).toHaveLength(2);
		await logOut(await register(auth.app)).expect(204);
		expect(gateway.pushes).toHaveLength(2);
	});
});

describe('a revocation whose request was cut short', () => {
	test('by the client goes on to its end', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(hangUp);
		const client = new AbortController();
		const sent = fetch(`${auth.app}/v1/auth/logout`, {
			method: 'POST',
			headers: { [IDENTITY_HEADER]: signAsGateway({ id: person.id, sessionId: person.sessionId }) },
			signal: client.signal,
		});
		await until(() => gateway.pushes.length > 0);
		client.abort();
		await expect(sent).rejects.toThrow('aborted');
		await until(async () => (await auth.prisma.revocation.count()) === 0);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		expect(await isFenced(gateway)).toBe(true);
		expect(await mayUseCache(gateway)).toBe(false);
	});

	test('by the death of the process is settled by any replica', async () => {
		const person = await register(auth.app);
		const gateway = await gatewayThat(acknowledge);
		await auth.prisma.session.update({ where: { id: person.sessionId }, data: { revokedAt: new Date() } });
		await auth.prisma.revocation.create({
			data: { sessionId: person.sessionId, userId: person.id, createdAt: new Date(Date.now() - 60_000) },
		});
		await until(async () => (await auth.prisma.revocation.count()) === 0);
		expect(gateway.pushes[0]?.session_ids).toEqual([person.sessionId]);
	});
});
