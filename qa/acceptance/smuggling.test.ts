import { slice } from '@creatorr/testing/slice';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { checkRefusal, converse } from './support/raw.ts';

const CRLF = '\r\n';
const GET = `GET /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}`;
const POST = `POST /v1/auth/login HTTP/1.1${CRLF}Host: x${CRLF}Content-Type: application/json${CRLF}`;
const EMPTY_CHUNKS = `0${CRLF}${CRLF}`;

let person: Person;
/** A request that an attacker hides behind another one. A server that mistakes it for a separate request responds to it. */
let hidden: string;

beforeAll(async () => {
	person = await newPerson();
	hidden = `DELETE /v1/files/fil_01ARZ3NDEKTSV4RRFFQ69G5FAV HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer ${person.token}${CRLF}${CRLF}`;
});

/** Sends the bytes with a hidden request behind them. Expects one refusal and the end of the connection. */
async function expectRefused(bytes: string): Promise<void> {
	const { responses, closedByServer } = await converse(bytes + hidden);
	expect(responses.map(({ status, body }) => [status, body?.error?.code])).toEqual([[400, 'validation']]);
	expect(closedByServer).toBe(true);
	for (const response of responses) await checkRefusal(response);
	expect((await call('GET', '/v1/tools')).status).toBe(200);
}

const bothWays = (coding: string) => `${POST}Content-Length: 4${CRLF}${coding}${CRLF}${CRLF}${EMPTY_CHUNKS}`;

describe('a body with ambiguous framing is refused, and what follows is not read:', () => {
	test.each(
		slice(
			[
				['a length, then chunks', bothWays('Transfer-Encoding: chunked')],
				[
					'chunks, then a length',
					`${POST}Transfer-Encoding: chunked${CRLF}Content-Length: 4${CRLF}${CRLF}${EMPTY_CHUNKS}`,
				],
				['a length and a coding in capitals', bothWays('TRANSFER-ENCODING: CHUNKED')],
				['a length and an unknown coding', bothWays('Transfer-Encoding: xchunked')],
				['a length and no coding', bothWays('Transfer-Encoding: identity')],
				['a length and an empty coding', bothWays('Transfer-Encoding:')],
				['a length and a coding after a space', bothWays('Transfer-Encoding : chunked')],
				['a length and a coding after a tab', bothWays('Transfer-Encoding\t: chunked')],
				['a length and a coding after a vertical tab', bothWays('Transfer-Encoding:\x0bchunked')],
				['a length and a coding in a folded line', bothWays(`X: a${CRLF} Transfer-Encoding: chunked`)],
				['a length and a coding after a bare LF', bothWays('X: a\nTransfer-Encoding: chunked')],
				['a length and a coding after a bare CR', bothWays('X: a\rTransfer-Encoding: chunked')],
				['a length and a coding whose name is broken', bothWays('Transfer-Enco\r\nding: chunked')],
				['a length and a NUL before a coding', bothWays('Transfer-Encoding: \0chunked')],
				['two codings', `${POST}Transfer-Encoding: gzip, chunked${CRLF}${CRLF}${EMPTY_CHUNKS}`],
				['chunks twice', `${POST}Transfer-Encoding: chunked, chunked${CRLF}${CRLF}${EMPTY_CHUNKS}`],
				[
					'chunks and another coding in two lines',
					`${POST}Transfer-Encoding: chunked${CRLF}Transfer-Encoding: identity${CRLF}${CRLF}${EMPTY_CHUNKS}`,
				],
				['chunks with a parameter', `${POST}Transfer-Encoding: chunked;q=1${CRLF}${CRLF}${EMPTY_CHUNKS}`],
				['chunks in quotes', `${POST}Transfer-Encoding: "chunked"${CRLF}${CRLF}${EMPTY_CHUNKS}`],
				[
					'chunks in HTTP/1.0',
					`${POST.replace('1.1', '1.0')}Transfer-Encoding: chunked${CRLF}${CRLF}${EMPTY_CHUNKS}`,
				],
				['two lengths', `${POST}Content-Length: 2${CRLF}Content-Length: 3${CRLF}${CRLF}{}`],
				['one length twice', `${POST}Content-Length: 2${CRLF}Content-Length: 2${CRLF}${CRLF}{}`],
				['a list of lengths', `${POST}Content-Length: 2, 2${CRLF}${CRLF}{}`],
				['a length with a sign', `${POST}Content-Length: +2${CRLF}${CRLF}{}`],
				['a negative length', `${POST}Content-Length: -2${CRLF}${CRLF}{}`],
				['a hexadecimal length', `${POST}Content-Length: 0x2${CRLF}${CRLF}{}`],
				['a length with a fraction', `${POST}Content-Length: 2.0${CRLF}${CRLF}{}`],
				['a length of two words', `${POST}Content-Length: 2 2${CRLF}${CRLF}{}`],
				['a length beyond 64 bits', `${POST}Content-Length: 18446744073709551618${CRLF}${CRLF}{}`],
				['an empty length', `${POST}Content-Length:${CRLF}${CRLF}{}`],
			],
			10,
		),
	)('%s', async (_, bytes) => {
		await expectRefused(bytes);
	});
});

describe('a chunk with ambiguous framing', () => {
	const chunks = (text: string) => `${POST}Transfer-Encoding: chunked${CRLF}${CRLF}${text}`;

	// Concurrently, because such a connection is closed some seconds after its response.
	test('is refused, and what follows is not read', async () => {
		const cases: [string, string][] = [
			['a size that is no number', chunks(`zz${CRLF}`)],
			['a negative size', chunks(`-1${CRLF}{}`)],
			['a size with a prefix', chunks(`0x2${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['a size beyond 64 bits', chunks(`10000000000000002${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['a size in two words', chunks(`2 2${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['an empty size', chunks(`${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['bytes beyond its size', chunks(`2${CRLF}{}{}${CRLF}${EMPTY_CHUNKS}`)],
			['no line end after its bytes', chunks(`2${CRLF}{}${EMPTY_CHUNKS}`)],
			['a bare LF after its size', chunks(`2\n{}${CRLF}${EMPTY_CHUNKS}`)],
			['a bare LF after its bytes', chunks(`2${CRLF}{}\n0${CRLF}${CRLF}`)],
			['a bare LF in its extension', chunks(`2;a\nb${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['a NUL in its extension', chunks(`2;a\0b${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
			['an extension without end', chunks(`2;${'a'.repeat(20_000)}${CRLF}{}${CRLF}${EMPTY_CHUNKS}`)],
		];
		const refused = await Promise.all(
			cases.map(async ([name, bytes]) => {
				const { responses, closedByServer } = await converse(bytes + hidden);
				return [name, ...responses.map(({ status, body }) => [status, body?.error?.code]), closedByServer];
			}),
		);
		expect(refused).toEqual(cases.map(([name]) => [name, [400, 'validation'], true]));
	});

	test('but a valid extension and a trailer are accepted', async () => {
		const body = JSON.stringify({ email: 'nobody@example.com', password: 'wrong password' });
		const chunk = `${body.length.toString(16)};name=value${CRLF}${body}${CRLF}0${CRLF}`;
		const { responses } = await converse(
			`${POST}Connection: close${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}${chunk}Authorization: Bearer x${CRLF}${CRLF}`,
		);
		expect(responses.map(({ status, body }) => [status, body.error.code])).toEqual([
			[401, 'invalid_credentials'],
		]);
	});
});

describe('what is not HTTP/1.1 is refused, and what follows is not read:', () => {
	test.each([
		['a request of HTTP/0.9', `GET /v1/tools${CRLF}`],
		['the preface of HTTP/2', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`],
		['HTTP/2 in name only', `GET /v1/tools HTTP/2.0${CRLF}Host: x${CRLF}${CRLF}`],
		['HTTP/1.2', `GET /v1/tools HTTP/1.2${CRLF}Host: x${CRLF}${CRLF}`],
		['HTTP in small letters', `GET /v1/tools http/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['a version of two digits', `GET /v1/tools HTTP/1.10${CRLF}Host: x${CRLF}${CRLF}`],
		['words after the version', `GET /v1/tools HTTP/1.1 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['a tab for a space', `GET\t/v1/tools\tHTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['a method in small letters', `get /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['an unknown method', `GETT /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['CONNECT', `CONNECT 127.0.0.1:22 HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['a TLS handshake', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${CRLF}${CRLF}`],
		['bare line feeds', 'GET /v1/tools HTTP/1.1\nHost: x\n\n'],
		['no host', `GET /v1/tools HTTP/1.1${CRLF}${CRLF}`],
		['two hosts', `${GET}Host: y${CRLF}${CRLF}`],
		['a folded header', `${GET}A: b${CRLF} c${CRLF}${CRLF}`],
		['a NUL in a header', `${GET}A: b\0c${CRLF}${CRLF}`],
		['a NUL in the name of a header', `${GET}A\0b: c${CRLF}${CRLF}`],
		['a control character in a header', `${GET}A: b\x07c${CRLF}${CRLF}`],
		['a bare CR in a header', `${GET}A: b\rc${CRLF}${CRLF}`],
		['a byte beyond ASCII in the name of a header', `${GET}\xc3\x84: b${CRLF}${CRLF}`],
		['a header without a name', `${GET}: b${CRLF}${CRLF}`],
		['a header without a colon', `${GET}Authorization${CRLF}${CRLF}`],
		['a space in the name of a header', `${GET}A b: c${CRLF}${CRLF}`],
		['an absolute target', `GET http://127.0.0.1/v1/tools HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['a target of *', `OPTIONS * HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
		['an unknown expectation', `${GET}Expect: tea${CRLF}${CRLF}`],
		['headers of 13 KiB', `${GET}A: ${'a'.repeat(13 * 1024)}${CRLF}${CRLF}`],
		['a header of 1 MiB', `${GET}A: ${'a'.repeat(1024 * 1024)}${CRLF}${CRLF}`],
		['101 headers', `${GET}${`A: b${CRLF}`.repeat(100)}${CRLF}`],
		['10,000 headers', `${GET}${`A: b${CRLF}`.repeat(10_000)}${CRLF}`],
		['a URL of 64 KiB', `GET /v1/tools?${'a'.repeat(64 * 1024)} HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`],
	])('%s', async (_, bytes) => {
		await expectRefused(bytes);
	});

	test.each([
		[
			'HTTP/2',
			`Connection: Upgrade, HTTP2-Settings${CRLF}Upgrade: h2c${CRLF}HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA`,
		],
		[
			'a web socket',
			`Connection: Upgrade${CRLF}Upgrade: websocket${CRLF}Sec-WebSocket-Version: 13${CRLF}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`,
		],
	])('but one that offers %s is served as what it is, and is the last', async (_, headers) => {
		const { responses, closedByServer } = await converse(`${GET}${headers}${CRLF}${CRLF}${hidden}`);
		expect(responses.map(({ status }) => status)).toEqual([200]);
		expect(closedByServer).toBe(true);
	});
});

describe('of requests on one connection', () => {
	const as = (token: string | undefined, last = false) =>
		`GET /v1/me HTTP/1.1${CRLF}Host: x${CRLF}${token ? `Authorization: Bearer ${token}${CRLF}` : ''}${last ? `Connection: close${CRLF}` : ''}${CRLF}`;

	test('each user gets their own answer', async () => {
		const other = await newPerson();
		const people = Array.from({ length: 15 }, (_, index) => [person, other, undefined][index % 3]);
		const bytes = people.map((one, index) => as(one?.token, index === people.length - 1)).join('');
		const { responses } = await converse(bytes);
		expect(responses.map(({ body }) => body.data?.id)).toEqual(people.map((one) => one?.id));
		expect(responses.map(({ status }) => status)).toEqual(people.map((one) => (one ? 200 : 401)));
		expect(new Set(responses.map(({ headers }) => headers.get('x-request-id'))).size).toBe(people.length);
	});

	test('one that is not HTTP gets no response of earlier ones', async () => {
		const { responses, closedByServer } = await converse(
			`${as(person.token)}${as(undefined)}not HTTP${CRLF}${CRLF}`,
		);
		expect(responses.map(({ status }) => status)).toEqual([200, 401, 400]);
		expect(closedByServer).toBe(true);
	});

	test('one whose head never ends gets no response of a waiting one', async () => {
		const job = 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV';
		const { responses } = await converse(
			`GET /v1/jobs/${job}?wait=1 HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer ${person.token}${CRLF}${CRLF}GET /v1/me HTTP/1.1${CRLF}A: `,
		);
		expect(responses.map(({ status, body }) => [status, body.error.code])).toEqual([
			[404, 'not_found'],
			[400, 'validation'],
		]);
	});

	test('a body that looks like a request is a body', async () => {
		const { responses } = await converse(
			`${POST}Content-Length: ${hidden.length}${CRLF}${CRLF}${hidden}${GET}Connection: close${CRLF}${CRLF}`,
		);
		expect(responses.map(({ status }) => status)).toEqual([400, 200]);
	});
});
