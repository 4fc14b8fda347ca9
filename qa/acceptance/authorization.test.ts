import { slice } from '@creatorr/testing/slice';
import { beforeAll, describe, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { call, type HttpResponse, newPerson, PASSWORD, type Person, signIn } from '../driver/client.ts';
import { openApiDocument, type Route, routesOf } from '../driver/openapi.ts';
import { type ForgeryTools, forgeries, forgeryTools, listenForKeys } from './support/forgeries.ts';
import { type GoodRequest, OWNED_ROUTES, type OwnedRoute, PUBLIC_ROUTES } from './support/owned-resources.ts';

/** Fewer than the registrations that the gateways admit from one network at the same time. */
const REGISTRATIONS_AT_ONCE = 8;

const keyOf = ({ method, path }: Route) => `${method} ${path}`;
const needsUser = ({ operation }: Route) =>
	operation.security.length > 0 && !operation.security.some(isNoToken);
/** Whether a session is optional for a route. A request without a token is accepted, one with another token is not. */
const takesUser = ({ operation }: Route) => operation.security.some(isNoToken);
const isNoToken = (entry: unknown) => Object.keys(entry as object).length === 0;

let routes: Route[];
let owner: Person;
/** A valid request for every route that needs a user, about resources of the owner. */
let requests: { key: string; method: string; request: GoodRequest }[];
let tools: ForgeryTools;

beforeAll(async () => {
	routes = routesOf(await openApiDocument());
	owner = await newPerson();
	tools = await forgeryTools(owner.token);
	const owned = routes.filter(needsUser).filter((route) => keyOf(route) in OWNED_ROUTES);
	requests = await Promise.all(
		owned.map(async (route) => {
			const key = keyOf(route);
			return { key, method: route.method, request: await (OWNED_ROUTES[key] as OwnedRoute).prepare(owner) };
		}),
	);
});

function send(
	method: string,
	request: GoodRequest,
	headers: Record<string, string> = {},
): Promise<HttpResponse> {
	const { path, body } = request;
	return call(method, path, { body, headers: { ...request.headers, ...headers } });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Every route that needs a user refuses requests with these headers, and says so in the envelope. */
async function expectRefusedEverywhere(
	headers: Record<string, string>,
	change: (request: GoodRequest) => GoodRequest = (request) => request,
): Promise<void> {
	const responses = await Promise.all(
		requests.map(async ({ key, method, request }) => {
			const response = await send(method, change(request), headers);
			return [key, response.status, response.body?.error?.code, response.headers.get('www-authenticate')];
		}),
	);
	expect(responses).toEqual(requests.map(({ key }) => [key, 401, 'unauthorized', 'Bearer']));
}

test('every route has an entry that says who may call it', () => {
	const known = { user: Object.keys(OWNED_ROUTES), nobody: Object.keys(PUBLIC_ROUTES) };
	const unknown = routes
		.filter((route) => !known[needsUser(route) ? 'user' : 'nobody'].includes(keyOf(route)))
		.map(keyOf);
	expect(unknown).toEqual([]);
});

describe('every route that needs a user rejects', () => {
	test('a request without a token', async () => {
		await expectRefusedEverywhere({});
	});

	test.each(
		slice(
			['', 'Bearer', 'Bearer ', 'Bearer: x', 'Basic dXNlcjpwYXNz', 'Token x', 'bearer', 'null', 'undefined'],
			3,
		),
	)('the header %j', async (authorization) => {
		await expectRefusedEverywhere({ authorization });
	});

	test.each(
		slice<[string, (token: string) => string]>(
			[
				['without a scheme', (token) => token],
				['of another scheme', (token) => `Token ${token}`],
				['in quotes', (token) => `Bearer "${token}"`],
				['twice', (token) => `Bearer ${token} ${token}`],
				['in a list', (token) => `Bearer ${token}, Bearer ${token}`],
				['with a parameter', (token) => `Bearer ${token};x=y`],
				['in two parts', (token) => `Bearer ${token.slice(0, 40)} ${token.slice(40)}`],
				['endless', (token) => `Bearer ${token}${'a'.repeat(5_000)}`],
			],
			3,
		),
	)('a good token %s', async (_, write) => {
		await expectRefusedEverywhere({ authorization: write(owner.token) });
	});

	test.each<[string, (token: string) => Record<string, string>]>([
		[
			'in a cookie',
			(token) => ({ cookie: `token=${token}; access_token=${token}; authorization=Bearer ${token}` }),
		],
		[
			'in headers of other names',
			(token) => ({ 'x-access-token': token, 'x-auth-token': token, 'x-api-key': token }),
		],
		['in Proxy-Authorization', (token) => ({ 'proxy-authorization': `Bearer ${token}` })],
	])('a good token %s', async (_, write) => {
		await expectRefusedEverywhere(write(owner.token));
	});

	test('a good token in the query', async () => {
		await expectRefusedEverywhere({}, (request) => ({
			...request,
			path: `${request.path}?token=${owner.token}&access_token=${owner.token}&authorization=Bearer%20${owner.token}`,
		}));
	});

	test.each(slice(forgeries, 8))('a token %s', async (_, forge) => {
		await expectRefusedEverywhere(bearer(forge(tools)));
	});

	test('a token with the URL of an attacker’s key, which is never fetched', async () => {
		const listener = await listenForKeys(tools);
		try {
			for (const token of listener.tokens) await expectRefusedEverywhere(bearer(token));
			expect(listener.requests()).toBe(0);
		} finally {
			listener.stop();
		}
	});
});

describe('every route that needs a user rejects the token of a session that has ended', () => {
	const ends: [string, (person: Person) => Promise<HttpResponse>][] = [
		['by sign-out', ({ token }) => call('POST', '/v1/auth/logout', { token })],
		[
			'by sign-out of all from another session',
			async ({ email }) => call('POST', '/v1/auth/logout-all', { token: await signIn(email) }),
		],
		[
			'by another session that deletes it',
			async ({ email, token: over }) => {
				const token = await signIn(email);
				const id = String(JSON.parse(Buffer.from(over.split('.')[1] ?? '', 'base64url').toString()).sid);
				return call('DELETE', `/v1/auth/sessions/${id}`, { token });
			},
		],
		[
			'by a new password',
			async ({ email }) =>
				call('POST', '/v1/auth/password', {
					token: await signIn(email),
					body: { current_password: PASSWORD, new_password: 'staple horse battery' },
				}),
		],
		[
			'by deletion of the account',
			({ token }) => call('DELETE', '/v1/me', { token, body: { password: PASSWORD } }),
		],
	];

	test.each(ends)('%s', async (_, end) => {
		const person = await newPerson();
		expect((await call('GET', '/v1/me', { token: person.token })).status).toBe(200);
		expect((await end(person)).status).toBe(204);
		await expectRefusedEverywhere(bearer(person.token));
	});
});

describe('another user', () => {
	test('gets 404 from every route, or only their own data', async () => {
		const { id, email } = owner;
		for (const { key, method, request } of requests) {
			const { token } = await newPerson();
			const response = await send(method, request, bearer(token));
			expect([key, response.status]).toEqual([key, (OWNED_ROUTES[key] as OwnedRoute).stranger]);
			if (response.status === 404) expect(response.body.error.code).toBe('not_found');
			for (const secret of [id, email]) expect([key, response.text]).not.toContain(secret);
		}
	});

	test('finds nothing of the owner in any list', async () => {
		const { token } = await newPerson();
		const theirs = requests
			.map(({ request }) => /(fil|job|ses|key)_\w+/.exec(request.path)?.[0])
			.filter(Boolean);
		expect(theirs.length).toBeGreaterThan(0);
		for (const path of ['/v1/files?limit=100', '/v1/jobs?limit=100', '/v1/auth/sessions', '/v1/keys']) {
			const { text } = await call('GET', path, { token });
			for (const one of theirs) expect(text).not.toContain(one);
		}
	});
});

test('the owner’s data is unchanged after all these requests', async () => {
	const { token } = owner;
	expect((await call('GET', '/v1/me', { token })).body.data).toMatchObject({
		id: owner.id,
		email: owner.email,
	});
	for (const { key, request } of requests) {
		if (!/^(GET|DELETE) .*\{id\}$/.test(key) || key.includes('sessions')) continue;
		expect([key, (await call('GET', request.path, { token })).status]).toEqual([key, 200]);
	}
	const { data } = (await call('GET', '/v1/auth/sessions', { token })).body;
	const session = requests
		.find(({ key }) => key === 'DELETE /v1/auth/sessions/{id}')
		?.request.path.split('/')
		.at(-1);
	expect(data.map(({ id }: { id: string }) => id)).toContain(session);
	expect(await signIn(owner.email)).toBeTruthy();
});

test('the owner gets the expected responses, so only authorization stops others', async () => {
	const responseOf = async ({ key, method }: (typeof requests)[number]) => {
		const someone = await newPerson();
		const request = await (OWNED_ROUTES[key] as OwnedRoute).prepare(someone);
		return [key, (await send(method, request, bearer(someone.token))).status];
	};
	const responses = await pMap(requests, responseOf, { concurrency: REGISTRATIONS_AT_ONCE });
	expect(responses).toEqual(requests.map(({ key }) => [key, (OWNED_ROUTES[key] as OwnedRoute).owner]));
});

test('a route where a session is optional rejects a token without a session', async () => {
	const optional = routes.filter(takesUser);
	expect(optional.map(keyOf)).toEqual(['POST /v1/auth/verify']);
	for (const route of optional) {
		const make = PUBLIC_ROUTES[keyOf(route)] as () => GoodRequest;
		const response = await send(route.method, make(), bearer('x.y.z'));
		expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	}
});

test('a public route ignores the token', async () => {
	for (const route of routes.filter((one) => !needsUser(one) && !takesUser(one))) {
		const key = keyOf(route);
		const make = PUBLIC_ROUTES[key] as () => GoodRequest;
		const [nobody, forged] = [
			await send(route.method, make()),
			await send(route.method, make(), bearer('x.y.z')),
		];
		expect([key, forged.status]).toEqual([key, nobody.status]);
	}
});
