import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createLeaseStore } from '../src/data/gateway-leases.ts';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { signAsWorker } from './support/callers.ts';
import { acknowledge, beSomebodyElse, hangUp, newInstanceId, startGateway } from './support/fake-gateway.ts';
import { call, register } from './support/requests.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth({ GATEWAY_LEASE_MS: '1500' });
});

afterAll(() => auth.close());

describe('a lease', () => {
	test('is granted to a new instance at the address of a fenced one', async () => {
		const logOut = async () =>
			call(auth.app, 'post', '/v1/auth/logout', { person: await register(auth.app) });
		const gateway = await startGateway(auth.app, beSomebodyElse);
		expect((await logOut()).status).toBe(204);
		expect((await gateway.lease()).granted).toBe(false);
		gateway.instanceId = newInstanceId();
		gateway.answer = acknowledge;
		expect((await gateway.lease()).granted).toBe(true);
		expect((await logOut()).status).toBe(204);
		expect(gateway.pushes.at(-1)?.instance_id).toBe(gateway.instanceId);
		await gateway.stop();
	});

	test('that was released costs no logout a wait, and is not granted again', async () => {
		const gateway = await startGateway(auth.app, hangUp);
		await call(auth.app, 'delete', `/internal/gateways/${gateway.instanceId}/lease`).expect(204);
		await call(auth.app, 'post', '/v1/auth/logout', { person: await register(auth.app) }).expect(204);
		expect(gateway.pushes).toEqual([]);
		expect((await gateway.lease()).granted).toBe(false);
		await gateway.stop();
	});

	test('is never shortened by a renewal that was overtaken by another', async () => {
		const leases = createLeaseStore(auth.prisma);
		const id = newInstanceId();
		await leases.renew(id, 'http://127.0.0.1:1', 60_000);
		await leases.renew(id, 'http://127.0.0.1:1', 1_000);
		expect(await leases.fence(id)).toBeGreaterThan(50_000);
	});

	test('is for gateways only', async () => {
		await request(auth.app)
			.put(`/internal/gateways/${newInstanceId()}/lease`)
			.set(IDENTITY_HEADER, signAsWorker())
			.send({ callback_url: 'http://127.0.0.1:1' })
			.expect(401);
	});

	test.each(['ftp://127.0.0.1', 'nonsense', 7])(
		'with the callback URL %p is a validation error',
		async (url) => {
			const answer = await call(auth.app, 'put', `/internal/gateways/${newInstanceId()}/lease`).send({
				callback_url: url,
			});
			expect([answer.status, answer.body.error.code]).toEqual([400, 'validation']);
		},
	);
});
