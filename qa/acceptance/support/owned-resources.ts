import { newApiKey } from '../../driver/api-keys.ts';
import { call, newEmail, PASSWORD, type Person, signIn } from '../../driver/client.ts';
import { startJob, uploadFile } from '../../driver/flow.ts';
import { makePdf } from '../../driver/pdf.ts';

/** A request that is valid, no matter who sends it. */
export interface GoodRequest {
	path: string;
	body?: unknown;
	headers?: Record<string, string>;
}

/** How to send the request of a route that needs a user. */
export interface OwnedRoute {
	/** Creates what the request is about, as its owner, and returns the request. */
	prepare(owner: Person): Promise<GoodRequest> | GoodRequest;
	/** The status for the owner. */
	owner: number;
	/** The status for another user who sends the same request: 404, or success about their own data only. */
	stranger: number;
}

const BYTES = makePdf();
const PDF = { mime_type: 'application/pdf' };
const LARGE_PDF = { ...PDF, name: 'large.pdf', size_bytes: 12 * 1024 ** 2, multipart: true };

async function startUpload(token: string): Promise<{ id: string; url: string }> {
	const response = await call('POST', '/v1/files', { token, body: LARGE_PDF });
	const { file_id, multipart } = response.body.data;
	return { id: file_id, url: multipart.parts[0].upload_url };
}

async function completeFirstPart({ token }: Person): Promise<GoodRequest> {
	const { id, url } = await startUpload(token);
	const response = await fetch(url, { method: 'PUT', body: new Uint8Array(5 * 1024 ** 2) });
	const parts = [{ part_number: 1, etag: response.headers.get('etag') ?? '' }];
	return { path: `/v1/files/${id}/complete`, body: { parts } };
}

/** A route about the user's own data, which returns other users their data. */
const own = (status: number, path: string, body?: unknown): OwnedRoute => ({
	prepare: () => ({ path, ...(body === undefined ? {} : { body }) }),
	owner: status,
	stranger: status,
});

/** A route about one resource, which others don't find. */
const resource = (status: number, prepare: OwnedRoute['prepare']): OwnedRoute => ({
	prepare,
	owner: status,
	stranger: 404,
});

const file = (status: number) =>
	resource(status, async ({ token }) => ({ path: `/v1/files/${await uploadFile(token, BYTES)}` }));

/** About a job that has ended. */
const job = (status: number, action = '') =>
	resource(status, async ({ token }) => {
		const id = await startJob(token, await uploadFile(token, BYTES));
		await call('POST', `/v1/jobs/${id}/cancel`, { token });
		return { path: `/v1/jobs/${id}${action}` };
	});

/** Nothing listens on this port. */
const WEBHOOK_URL = 'http://127.0.0.1:1024/hook';

async function createWebhook(token: string): Promise<string> {
	const response = await call('POST', '/v1/webhooks', { token, body: { url: WEBHOOK_URL } });
	return response.body.data.id;
}

/** All routes that don't change the endpoint share one, because an account has at most ten. */
const sharedWebhooks = new Map<string, Promise<string>>();

function sharedWebhook(token: string): Promise<string> {
	const created = sharedWebhooks.get(token) ?? createWebhook(token);
	sharedWebhooks.set(token, created);
	return created;
}

const webhook = (status: number, action = '', body?: unknown) =>
	resource(status, async ({ token }) => ({
		path: `/v1/webhooks/${await sharedWebhook(token)}${action}`,
		...(body === undefined ? {} : { body }),
	}));

const delivery = (status: number, action = '') =>
	resource(status, async ({ token }) => {
		const id = await sharedWebhook(token);
		const { data } = (await call('POST', `/v1/webhooks/${id}/test`, { token })).body;
		return { path: `/v1/webhooks/${id}/deliveries/${data.delivery_id}${action}` };
	});

const otherSession = resource(204, async ({ email }) => {
	const token = await signIn(email);
	const { data } = (await call('GET', '/v1/auth/sessions', { token })).body;
	const { id } = data.find((session: { current: boolean }) => session.current);
	return { path: `/v1/auth/sessions/${id}` };
});

/** About a key of the owner. */
const apiKey = (status: number, action = '', body?: unknown) =>
	resource(status, async ({ token }) => {
		const { id } = await newApiKey(token);
		return { path: `/v1/keys/${id}${action}`, ...(body === undefined ? {} : { body }) };
	});

const newPassword = { current_password: PASSWORD, new_password: 'staple horse battery' };

/** Every route that needs a user. A new one gets an entry: a good request, and the status for the owner and for others. */
export const OWNED_ROUTES: Record<string, OwnedRoute> = {
	'POST /v1/auth/logout': own(204, '/v1/auth/logout'),
	'POST /v1/auth/logout-all': own(204, '/v1/auth/logout-all'),
	'GET /v1/auth/sessions': own(200, '/v1/auth/sessions'),
	'DELETE /v1/auth/sessions/{id}': otherSession,
	'POST /v1/auth/password': own(204, '/v1/auth/password', newPassword),
	'POST /v1/auth/verify/resend': own(204, '/v1/auth/verify/resend'),
	'GET /v1/me': own(200, '/v1/me'),
	'DELETE /v1/me': own(204, '/v1/me', { password: PASSWORD }),
	'POST /v1/files': own(201, '/v1/files', { ...PDF, name: 'a.pdf', size_bytes: 1 }),
	'GET /v1/files': own(200, '/v1/files'),
	'GET /v1/files/{id}': file(200),
	'DELETE /v1/files/{id}': file(204),
	// The other parts are missing.
	'POST /v1/files/{id}/complete': resource(400, completeFirstPart),
	'GET /v1/files/{id}/parts': resource(200, async ({ token }) => ({
		path: `/v1/files/${(await startUpload(token)).id}/parts`,
	})),
	'POST /v1/jobs': resource(201, async ({ token }) => ({
		path: '/v1/jobs',
		body: { tool: 'compress_heavy', input_file_id: await uploadFile(token, BYTES) },
	})),
	'GET /v1/jobs': own(200, '/v1/jobs'),
	'GET /v1/jobs/{id}': job(200),
	'GET /v1/jobs/{id}/events': job(200, '/events'),
	'POST /v1/jobs/{id}/cancel': job(409, '/cancel'),
	'DELETE /v1/jobs/{id}': job(204),
	'POST /v1/webhooks': own(201, '/v1/webhooks', { url: WEBHOOK_URL }),
	'GET /v1/webhooks': own(200, '/v1/webhooks'),
	'GET /v1/webhooks/{id}': webhook(200),
	'PATCH /v1/webhooks/{id}': webhook(200, '', { description: 'Mine' }),
	'DELETE /v1/webhooks/{id}': resource(204, async ({ token }) => ({
		path: `/v1/webhooks/${await createWebhook(token)}`,
	})),
	'POST /v1/webhooks/{id}/rotate-secret': webhook(200, '/rotate-secret', {}),
	'POST /v1/webhooks/{id}/test': webhook(202, '/test'),
	'GET /v1/webhooks/{id}/deliveries': webhook(200, '/deliveries'),
	'GET /v1/webhooks/{id}/deliveries/{delivery_id}': delivery(200),
	'POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay': delivery(202, '/replay'),
	'POST /v1/webhooks/{id}/recover': webhook(202, '/recover', { since: '2026-01-01T00:00:00Z' }),
	'GET /v1/events': own(200, '/v1/events'),
	'POST /v1/billing/checkout': own(200, '/v1/billing/checkout', { cycle: 'monthly' }),
	// These users have never subscribed.
	'POST /v1/billing/portal': own(409, '/v1/billing/portal'),
	'GET /v1/billing': own(200, '/v1/billing'),
	'GET /v1/usage': own(200, '/v1/usage'),
	'POST /v1/keys': own(201, '/v1/keys', { name: 'a', scopes: ['jobs:read'] }),
	'GET /v1/keys': own(200, '/v1/keys'),
	'GET /v1/keys/{id}': apiKey(200),
	'PATCH /v1/keys/{id}': apiKey(200, '', { name: 'b' }),
	'DELETE /v1/keys/{id}': apiKey(204),
	'POST /v1/keys/{id}/rotate': apiKey(201, '/rotate', {}),
	'GET /v1/keys/{id}/events': apiKey(200, '/events'),
};

const open = (path: string, body?: () => object) => (): GoodRequest => ({
	path,
	...(body && { body: body() }),
});
const resetPassword = { token: 'none', new_password: PASSWORD };
const credentials = () => ({ email: newEmail(), password: PASSWORD });

/** Every route that needs no user. A new one gets an entry: a good request. */
export const PUBLIC_ROUTES: Record<string, () => GoodRequest> = {
	'POST /v1/auth/register': open('/v1/auth/register', credentials),
	'POST /v1/auth/login': open('/v1/auth/login', credentials),
	'POST /v1/auth/password/forgot': open('/v1/auth/password/forgot', () => ({ email: newEmail() })),
	'POST /v1/auth/password/reset': open('/v1/auth/password/reset', () => resetPassword),
	'POST /v1/auth/verify': open('/v1/auth/verify', () => ({ token: 'none' })),
	'GET /v1/tools': open('/v1/tools'),
	'GET /v1/plans': open('/v1/plans'),
	'POST /v1/keys/leaked': open('/v1/keys/leaked', () => ({ key: 'none' })),
	'POST /v1/billing/webhook': open('/v1/billing/webhook', () => ({})),
	'GET /v1/health': open('/v1/health'),
	'GET /v1/errors': open('/v1/errors'),
	'GET /v1/openapi.json': open('/v1/openapi.json'),
};
