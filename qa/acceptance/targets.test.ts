import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { checkRefusal, converse, type RawResponse } from './support/raw.ts';

const CRLF = '\r\n';

let person: Person;

beforeAll(async () => {
	person = await newPerson();
});

async function ask(target: string, method = 'GET', headers: string[] = []): Promise<RawResponse> {
	const head = [
		`${method} ${target} HTTP/1.1`,
		...['Host: x', 'Connection: close', `Authorization: Bearer ${person.token}`, ...headers],
	];
	const { responses } = await converse(head.join(CRLF) + CRLF + CRLF);
	expect(responses).toHaveLength(1);
	return responses[0] as RawResponse;
}

describe('only the exact spelling of a path matches:', () => {
	test.each([
		...['/v1/me/', '/v1/ME', '/V1/me', '/v1/m%65', '/v1/%6d%65', '/v1%2fme', '/v1/me%20', '/v1/me;a=b'],
		...['/v1/me.json', '/v1/me,', '/v1/me&x', '/v1/me:', '/v1/me@x', '/v1/~me', "/v1/me'", '/v1/(me)'],
		...['/v1//me', '//v1/me', '///v1/me', '/v1/me//', '/./v1/me', '/v1/./me', '/v1/me/.', '/v1/me/..'],
		...['/v1/x/../me', '/../v1/me', '/v1/..;/me', '/v1/.;a/me', '/v1/x/..;a=b/me', '/v1/.../me'],
		...['/v1/%2e/me', '/v1/%2E%2E/me', '/v1/.%2e/me', '/v1/%2e./me', '/v1/x/%2e%2e/me', '/v1/%252e%252e/me'],
		...['/v1/..%2fme', '/v1/%2e%2e%2fme', '/v1/..%5cme', '/v1/..%255cme', '/v1/%252fme', '/v1/%25%32%66me'],
		...['/v1\\me', '\\v1\\me', '/v1/x\\..\\me', '/v1/%5c..%5cme'],
		...[
			'/v1/me%00',
			'/v1/me%00.json',
			'/v1/%00/me',
			'/v1/me%0a',
			'/v1/me%0d%0aX:%20y',
			'/v1/me%09',
			'/v1/me%7f',
		],
		...[
			'/v1/%c0%ae%c0%ae/me',
			'/v1/..%c0%afme',
			'/v1/%e0%80%af',
			'/v1/%f0%80%80%af',
			'/v1/%ff',
			'/v1/%ed%a0%80',
		],
		...['/v1/%', '/v1/%2', '/v1/%zz', '/v1/%u002e', '/v1/me#', '/v1/me#/x', '/v1/me%23', '/v1/me%3f'],
		...['/v1/m\xe9', '/v1/\xef\xbc\x8e\xef\xbc\x8e/me', '/v1/me\x01', '/v1/me\x7f'],
		...['http://x/v1/me', 'https://x/v1/me', 'file:///v1/me', 'x:/v1/me', 'v1/me', '*', '?', '.', '..'],
	])('%j', async (target) => {
		const response = await ask(target);
		expect([
			[400, 'validation'],
			[404, 'not_found'],
		]).toContainEqual([response.status, response.body.error.code]);
		await checkRefusal(response);
	});

	test('while its query may be anything', async () => {
		for (const query of [
			'?',
			'?a',
			'?a=%2e%2e/%2f',
			'?/../x',
			'?a=b&a=c',
			'?%zz',
			'?__proto__=x',
			'?a[b]=c',
			"?'",
		]) {
			const response = await ask(`/v1/me${query}`);
			expect([query, response.status, response.body.data?.id]).toEqual([query, 200, person.id]);
		}
	});
});

const INSIDE = [
	...['/metrics', '/health/live', '/health/ready', '/health/startup', '/internal', '/internal/'],
	...[
		'/internal/jwks',
		'/.well-known/jwks.json',
		'/jwks',
		'/internal/sessions/check',
		'/internal/sessions/revoked',
	],
	...[
		'/internal/gateways/01ARZ3NDEKTSV4RRFFQ69G5FAV/lease',
		'/internal/inputs/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV/open',
	],
	...[
		'/internal/outputs',
		'/internal/outputs/discard',
		'/internal/jobs/job_01ARZ3NDEKTSV4RRFFQ69G5FAV/claim',
	],
	...[
		'/internal/accounts/usr_01ARZ3NDEKTSV4RRFFQ69G5FAV',
		'/internal/storage/usr_01ARZ3NDEKTSV4RRFFQ69G5FAV',
	],
];

describe('internal routes are unreachable from outside, in any spelling:', () => {
	const ways: [string, (path: string) => string][] = [
		['as it is', (path) => path],
		['below /v1', (path) => `/v1${path}`],
		['past /v1', (path) => `/v1/..${path}`],
		['past a file', (path) => `/v1/files/%2e%2e/%2e%2e/..${path}`],
		['with a second slash', (path) => `/${path}`],
		['with a semicolon', (path) => `${path};x`],
		['in capitals', (path) => path.toUpperCase()],
		['encoded', (path) => path.replace('i', '%69')],
	];

	test.each(ways)('%s', async (_, spell) => {
		for (const path of INSIDE) {
			for (const method of ['GET', 'POST', 'PUT']) {
				const response = await ask(spell(path), method, ['Content-Length: 0']);
				expect([400, 404]).toContain(response.status);
				await checkRefusal(response);
			}
		}
	});
});

describe('an identity header of a client is ignored:', () => {
	const someone = 'usr_01ARZ3NDEKTSV4RRFFQ69G5FAV';
	const names = [
		...[
			'X-Creatorr-Identity',
			'x-creatorr-identity',
			'X_Creatorr_Identity',
			'x_creatorr-identity',
			'X-CREATORR-IDENTITY',
		],
		...[
			'X-Creatorr-Identity-Refused',
			'X-User-Id',
			'X_User_Id',
			'X-User',
			'X-Auth-User',
			'X-Authenticated-User',
			'X-Remote-User',
		],
		...[
			'Remote-User',
			'X-Forwarded-User',
			'X-Forwarded-Email',
			'X-Session-Id',
			'X-Original-URL',
			'X-Rewrite-URL',
		],
		...[
			'X-HTTP-Method-Override',
			'X-Forwarded-Host',
			'X-Forwarded-Proto',
			'X-Forwarded-For',
			'Forwarded',
			'X-Real-IP',
		],
	];

	test('in any spelling of its name', async () => {
		const forged = ['eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5In0.', someone, '/internal/jwks', 'DELETE'];
		for (const value of forged) {
			const headers = Object.fromEntries(names.map((name) => [name, value]));
			const mine = await call('GET', '/v1/me', { token: person.token, headers });
			expect([mine.status, mine.body.data?.id]).toEqual([200, person.id]);
			const anonymous = await call('GET', '/v1/me', { headers });
			expect([anonymous.status, anonymous.body.error.code]).toEqual([401, 'unauthorized']);
		}
	});

	test('also if it is named in Connection', async () => {
		const response = await ask('/v1/me', 'GET', ['Connection: x-creatorr-identity, authorization']);
		expect([response.status, response.body.data?.id]).toEqual([200, person.id]);
	});
});
