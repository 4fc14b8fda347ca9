import { call, newEmail, PASSWORD, type Person, signIn } from './client.ts';
import { startJob, uploadFile } from './flow.ts';
import { makePdf } from './pdf.ts';

/** A request that is good in everything but, maybe, who makes it. */
export interface GoodRequest {
	path: string;
	body?: unknown;
	headers?: Record<string, string>;
}

/** How to make the request of a route that needs a user. */
export interface OwnedRoute {
	/** Makes what the request is about, as its owner, and the request. */
	prepare(owner: Person): Promise<GoodRequest> | GoodRequest;
	/** What the owner is answered. */
	owner: number;
	/** What somebody else is answered who makes the very request: `not_found`, or success about nothing but their own. */
	stranger: number;
}

const BYTES = makePdf();
const LARGE_BYTES = 12 * 1024 ** 2;

async function startUpload(token: string): Promise<{ id: string; url: string }> {
	const answer = await call('POST', '/v1/files', {
		token,
		body: { name: 'large.pdf', mime_type: 'application/pdf', size_bytes: LARGE_BYTES, multipart: true },
	});
	const { file_id, multipart } = answer.body.data;
	return { id: file_id, url: multipart.parts[0].upload_url };
}

async function storedPart(token: string): Promise<{ id: string; etag: string }> {
	const { id, url } = await startUpload(token);
	const answer = await fetch(url, { method: 'PUT', body: new Uint8Array(5 * 1024 ** 2) });
	return { id, etag: answer.headers.get('etag') ?? '' };
}

/** A job that is over, whatever workers have to do. */
async function doneJob(token: string): Promise<string> {
	const id = await startJob(token, await uploadFile(token, BYTES));
	await call('POST', `/v1/jobs/${id}/cancel`, { token });
	return id;
}

async function otherSession(owner: Person): Promise<string> {
	const token = await signIn(owner.email);
	const { data } = (await call('GET', '/v1/auth/sessions', { token })).body;
	return data.find((session: { current: boolean }) => session.current).id;
}

const at = (path: string, body?: unknown): GoodRequest => ({ path, ...(body === undefined ? {} : { body }) });

/** Every route that needs a user. Whoever adds one says here how it is asked and what a stranger is answered. */
export const OWNED_ROUTES: Record<string, OwnedRoute> = {
	'POST /v1/auth/logout': { prepare: () => at('/v1/auth/logout'), owner: 204, stranger: 204 },
	'POST /v1/auth/logout-all': { prepare: () => at('/v1/auth/logout-all'), owner: 204, stranger: 204 },
	'GET /v1/auth/sessions': { prepare: () => at('/v1/auth/sessions'), owner: 200, stranger: 200 },
	'DELETE /v1/auth/sessions/{id}': {
		prepare: async (owner) => at(`/v1/auth/sessions/${await otherSession(owner)}`),
		owner: 204,
		stranger: 404,
	},
	'POST /v1/auth/password': {
		prepare: () =>
			at('/v1/auth/password', { current_password: PASSWORD, new_password: 'staple horse battery' }),
		owner: 204,
		stranger: 204,
	},
	'POST /v1/auth/verify/resend': { prepare: () => at('/v1/auth/verify/resend'), owner: 204, stranger: 204 },
	'GET /v1/me': { prepare: () => at('/v1/me'), owner: 200, stranger: 200 },
	'DELETE /v1/me': { prepare: () => at('/v1/me', { password: PASSWORD }), owner: 204, stranger: 204 },
	'POST /v1/files': {
		prepare: () => at('/v1/files', { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: 1 }),
		owner: 201,
		stranger: 201,
	},
	'GET /v1/files': { prepare: () => at('/v1/files'), owner: 200, stranger: 200 },
	'GET /v1/files/{id}': {
		prepare: async ({ token }) => at(`/v1/files/${await uploadFile(token, BYTES)}`),
		owner: 200,
		stranger: 404,
	},
	'DELETE /v1/files/{id}': {
		prepare: async ({ token }) => at(`/v1/files/${await uploadFile(token, BYTES)}`),
		owner: 204,
		stranger: 404,
	},
	'POST /v1/files/{id}/complete': {
		prepare: async ({ token }) => {
			const { id, etag } = await storedPart(token);
			return at(`/v1/files/${id}/complete`, { parts: [{ part_number: 1, etag }] });
		},
		// Of its parts only one is there.
		owner: 400,
		stranger: 404,
	},
	'GET /v1/files/{id}/parts': {
		prepare: async ({ token }) => at(`/v1/files/${(await startUpload(token)).id}/parts`),
		owner: 200,
		stranger: 404,
	},
	'POST /v1/jobs': {
		prepare: async ({ token }) =>
			at('/v1/jobs', { tool: 'compress_heavy', input_file_id: await uploadFile(token, BYTES) }),
		owner: 201,
		stranger: 404,
	},
	'GET /v1/jobs': { prepare: () => at('/v1/jobs'), owner: 200, stranger: 200 },
	'GET /v1/jobs/{id}': {
		prepare: async ({ token }) => at(`/v1/jobs/${await doneJob(token)}`),
		owner: 200,
		stranger: 404,
	},
	'GET /v1/jobs/{id}/events': {
		prepare: async ({ token }) => at(`/v1/jobs/${await doneJob(token)}/events`),
		owner: 200,
		stranger: 404,
	},
	'POST /v1/jobs/{id}/cancel': {
		prepare: async ({ token }) => at(`/v1/jobs/${await doneJob(token)}/cancel`),
		// It is over.
		owner: 409,
		stranger: 404,
	},
	'DELETE /v1/jobs/{id}': {
		prepare: async ({ token }) => at(`/v1/jobs/${await doneJob(token)}`),
		owner: 204,
		stranger: 404,
	},
	'POST /v1/billing/checkout': {
		prepare: () => at('/v1/billing/checkout', { cycle: 'monthly' }),
		owner: 200,
		stranger: 200,
	},
	// Nobody here has ever subscribed.
	'POST /v1/billing/portal': { prepare: () => at('/v1/billing/portal'), owner: 409, stranger: 409 },
	'GET /v1/billing': { prepare: () => at('/v1/billing'), owner: 200, stranger: 200 },
	'GET /v1/usage': { prepare: () => at('/v1/usage'), owner: 200, stranger: 200 },
};

/** Every route that needs nobody. Whoever adds one says here that it may be asked by anybody. */
export const PUBLIC_ROUTES: Record<string, () => GoodRequest> = {
	'POST /v1/auth/register': () => at('/v1/auth/register', { email: newEmail(), password: PASSWORD }),
	'POST /v1/auth/login': () => at('/v1/auth/login', { email: newEmail(), password: PASSWORD }),
	'POST /v1/auth/password/forgot': () => at('/v1/auth/password/forgot', { email: newEmail() }),
	'POST /v1/auth/password/reset': () =>
		at('/v1/auth/password/reset', { token: 'none', new_password: PASSWORD }),
	'POST /v1/auth/verify': () => at('/v1/auth/verify', { token: 'none' }),
	'GET /v1/tools': () => at('/v1/tools'),
	'POST /v1/billing/webhook': () => at('/v1/billing/webhook', {}),
	'GET /v1/health': () => at('/v1/health'),
	'GET /v1/openapi.json': () => at('/v1/openapi.json'),
};
