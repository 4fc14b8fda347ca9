import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyWebhook } from '@creatorr/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { call, type HttpResponse, newPerson, type Person } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { startHttpServer } from '../driver/http-server.ts';
import { makePdf } from '../driver/pdf.ts';

/** A well-formed id of a resource that nobody has. */
const NOBODYS = '0'.repeat(26);
const HOUR_MS = 3_600_000;

interface Received {
	headers: IncomingHttpHeaders;
	body: string;
}

let person: Person;
let stranger: Person;
/** Requests that the receiver accepted, by path. Paths with `fail` get 500. */
const received: Record<string, Received[]> = {};
const { url, stop } = await startHttpServer(async (req, res) => {
	const path = req.url ?? '';
	const body = await text(req);
	if (path.includes('fail')) return void res.writeHead(500).end('not today');
	received[path] = [...(received[path] ?? []), { headers: req.headers, body }];
	res.writeHead(204).end();
});

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
});
afterAll(stop);

const ask = (method: string, path: string, body?: unknown): Promise<HttpResponse> =>
	call(method, path, { token: person.token, ...(body !== undefined && { body }) });

/** Creates an endpoint of a new person, who has no others. */
async function createEndpoint(path = '/hook', rights: object = {}) {
	person = await newPerson();
	const { body } = await ask('POST', '/v1/webhooks', { url: url + path, ...rights });
	return body.data as { id: string; secret: string };
}

/** Creates an endpoint and sends it a test event. */
async function createDelivery(path = '/hook') {
	const { id, secret } = await createEndpoint(path);
	const { body } = await ask('POST', `/v1/webhooks/${id}/test`);
	return { id, secret, path: `/v1/webhooks/${id}/deliveries/${body.data.delivery_id}` };
}

/** Resolves with the first result that is not undefined. The test's timeout ends it. */
async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
	while (true) {
		const found = await find();
		if (found !== undefined) return found;
		await sleep(50);
	}
}

function requestsAt(path: string, count: number): Promise<Received[]> {
	return until(() => ((received[path]?.length ?? 0) >= count ? received[path] : undefined));
}

function needsToken(method: string, path: string, body?: unknown): void {
	test('no token: is refused', async () => {
		const target = path.replace('{id}', `whk_${NOBODYS}`).replace('{delivery_id}', `dlv_${NOBODYS}`);
		const response = await call(method, target, { ...(body !== undefined && { body }) });
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	});
}

/** Tests that a route finds neither an endpoint or delivery of another user nor one with a malformed id. */
function concernsOwn(method: string, path: string, body?: unknown): void {
	needsToken(method, path, body);

	test('not yours: is not found', async () => {
		const delivery = await createDelivery();
		const target = path.includes('{delivery_id}')
			? delivery.path + path.slice(path.indexOf('{delivery_id}') + '{delivery_id}'.length)
			: path.replace('{id}', delivery.id);
		const response = await call(method, target, {
			token: stranger.token,
			...(body !== undefined && { body }),
		});
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
	});

	test('bad input: a malformed id is not found', async () => {
		const target = path.replace('{id}', 'whk_1').replace('{delivery_id}', 'dlv_1');
		const response = await ask(method, target, body);
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
	});
}

describe('POST /v1/webhooks', () => {
	test('success: the endpoint receives the signed event of a job', async () => {
		const { id, secret } = await createEndpoint('/jobs', { events: ['job.succeeded'] });
		expect([id.slice(0, 4), secret.slice(0, 6)]).toEqual(['whk_', 'whsec_']);
		const jobId = await startJob(person.token, await uploadFile(person.token, makePdf()));
		const [request] = await requestsAt('/jobs', 1);
		const event = await verifyWebhook(request?.headers ?? {}, request?.body ?? '', secret);
		expect(event).toMatchObject({ type: 'job.succeeded', data: { job_id: jobId, status: 'succeeded' } });
		await expect(verifyWebhook(request?.headers ?? {}, `${request?.body} `, secret)).rejects.toThrow();
	});

	test.each([
		['an invalid URL', { url: 'nowhere' }, 'url'],
		['a private address that the operator has not opened', { url: 'https://10.0.0.1/' }, 'url'],
		['an unknown event', { url: 'https://example.com/', events: ['job.eaten'] }, 'events'],
	])('bad input: %s is refused', async (_, body, field) => {
		const response = await ask('POST', '/v1/webhooks', body);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details[0].path).toContain(field);
	});

	needsToken('POST', '/v1/webhooks', { url: 'https://example.com/' });
});

describe('GET /v1/webhooks', () => {
	test('success: lists the own endpoints without their secrets', async () => {
		const { id } = await createEndpoint();
		const { status, body } = await ask('GET', '/v1/webhooks');
		expect([status, body.data.map((endpoint: { id: string }) => endpoint.id)]).toEqual([200, [id]]);
		expect(body.data[0]).not.toHaveProperty('secret');
	});

	needsToken('GET', '/v1/webhooks');
});

describe('GET /v1/webhooks/{id}', () => {
	test('success: returns the endpoint', async () => {
		const { id } = await createEndpoint();
		const { status, body } = await ask('GET', `/v1/webhooks/${id}`);
		expect([status, body.data]).toEqual([200, expect.objectContaining({ id, status: 'enabled' })]);
	});

	concernsOwn('GET', '/v1/webhooks/{id}');
});

describe('PATCH /v1/webhooks/{id}', () => {
	test('success: changes what is sent', async () => {
		const { id } = await createEndpoint();
		const change = { events: ['job.failed'], status: 'disabled', description: 'Mine' };
		const { status, body } = await ask('PATCH', `/v1/webhooks/${id}`, change);
		expect([status, body.data]).toEqual([200, expect.objectContaining({ id, ...change })]);
	});

	concernsOwn('PATCH', '/v1/webhooks/{id}', { description: 'Mine' });
});

describe('DELETE /v1/webhooks/{id}', () => {
	test('success: the endpoint is gone', async () => {
		const { id } = await createEndpoint();
		const deleted = await ask('DELETE', `/v1/webhooks/${id}`);
		const found = await ask('GET', `/v1/webhooks/${id}`);
		expect([deleted.status, found.status]).toEqual([204, 404]);
	});

	concernsOwn('DELETE', '/v1/webhooks/{id}');
});

describe('POST /v1/webhooks/{id}/rotate-secret', () => {
	test('success: deliveries carry signatures of both secrets', async () => {
		const { id, secret } = await createEndpoint('/rotated');
		const { status, body } = await ask('POST', `/v1/webhooks/${id}/rotate-secret`, {});
		expect(status).toBe(200);
		await ask('POST', `/v1/webhooks/${id}/test`);
		const [request] = await requestsAt('/rotated', 1);
		for (const one of [secret, body.data.secret])
			expect(await verifyWebhook(request?.headers ?? {}, request?.body ?? '', one)).toMatchObject({
				type: 'webhook.test',
			});
	});

	concernsOwn('POST', '/v1/webhooks/{id}/rotate-secret', {});
});

describe('POST /v1/webhooks/{id}/test', () => {
	test('success: sends a test event', async () => {
		const { path } = await createDelivery('/tested');
		expect((await requestsAt('/tested', 1))[0]?.body).toContain('webhook.test');
		expect(path).toContain('/deliveries/dlv_');
	});

	concernsOwn('POST', '/v1/webhooks/{id}/test');
});

describe('GET /v1/webhooks/{id}/deliveries', () => {
	test('success: lists deliveries by status', async () => {
		const { id } = await createDelivery();
		const list = (status: string) => ask('GET', `/v1/webhooks/${id}/deliveries?status=${status}`);
		const [delivery] = await until(async () => {
			const { data } = (await list('succeeded')).body;
			return data.length > 0 ? (data as object[]) : undefined;
		});
		expect(delivery).toMatchObject({ webhook_id: id, event_type: 'webhook.test', response_status: 204 });
		expect((await list('failed')).body.data).toEqual([]);
	});

	concernsOwn('GET', '/v1/webhooks/{id}/deliveries');
});

describe('GET /v1/webhooks/{id}/deliveries/{delivery_id}', () => {
	test('success: shows each attempt with the response', async () => {
		const { path } = await createDelivery('/fail');
		const delivery = await until(async () => {
			const { data } = (await ask('GET', path)).body;
			return data.attempts.length > 0 ? data : undefined;
		});
		expect(delivery).toMatchObject({
			status: 'pending',
			event: { type: 'webhook.test' },
			attempts: [{ number: 1, response_status: 500, response_excerpt: 'not today' }],
		});
	});

	concernsOwn('GET', '/v1/webhooks/{id}/deliveries/{delivery_id}');
});

describe('POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay', () => {
	test('success: sends the same event again', async () => {
		const { path } = await createDelivery('/replayed');
		await requestsAt('/replayed', 1);
		await until(async () => ((await ask('GET', path)).body.data.status === 'succeeded' ? true : undefined));
		expect((await ask('POST', `${path}/replay`)).status).toBe(202);
		const requests = await requestsAt('/replayed', 2);
		expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
	});

	concernsOwn('POST', '/v1/webhooks/{id}/deliveries/{delivery_id}/replay');
});

describe('POST /v1/webhooks/{id}/recover', () => {
	const since = () => new Date(Date.now() - HOUR_MS).toISOString();

	test('success: sends events of a time before the endpoint existed', async () => {
		const { id } = await createEndpoint('/late', { events: ['plan.changed'] });
		const jobId = await startJob(person.token, await uploadFile(person.token, makePdf()));
		await until(async () => {
			const { data } = (await ask('GET', '/v1/events?type=job.succeeded')).body;
			return data.length > 0 ? true : undefined;
		});
		await ask('PATCH', `/v1/webhooks/${id}`, { events: ['job.succeeded'] });
		const { status, body } = await ask('POST', `/v1/webhooks/${id}/recover`, { since: since() });
		expect([status, body.data]).toEqual([202, { count: 1, has_more: false }]);
		expect((await requestsAt('/late', 1))[0]?.body).toContain(jobId);
	});

	test('bad input: an invalid time is refused', async () => {
		const { id } = await createEndpoint();
		const response = await ask('POST', `/v1/webhooks/${id}/recover`, { since: 'yesterday' });
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	concernsOwn('POST', '/v1/webhooks/{id}/recover', { since: '2026-01-01T00:00:00Z' });
});

describe('GET /v1/events', () => {
	test('success: lists the own events, also without an endpoint', async () => {
		person = await newPerson();
		const jobId = await startJob(person.token, await uploadFile(person.token, makePdf()));
		const event = await until(
			async () => (await ask('GET', '/v1/events')).body.data[0] as object | undefined,
		);
		expect(event).toMatchObject({ type: 'job.succeeded', data: { job_id: jobId } });
		expect((await call('GET', '/v1/events', { token: stranger.token })).body.data).toEqual([]);
	});

	test('bad input: an unknown type is refused', async () => {
		const response = await ask('GET', '/v1/events?type=job.eaten');
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	needsToken('GET', '/v1/events');
});
