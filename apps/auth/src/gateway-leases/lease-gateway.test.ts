import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { signAsWorker } from '../testing/callers.ts';
import {
	acknowledge,
	hangUp,
	newInstanceId,
	rejectAsOtherInstance,
	startGateway,
} from '../testing/fake-gateway.ts';
import { call, register } from '../testing/requests.ts';
import { fenceLease, renewLease } from './gateway-leases.sql.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth({ GATEWAY_LEASE_MS: '1500' });
});

afterAll(() => auth.close());

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
