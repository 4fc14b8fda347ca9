import * as fc from 'fast-check';
import { hostileText } from './hostile-values.ts';

/** What stands where an id should, percent-encoded by nobody. */
export const oddSegment = fc
	.constantFrom(
		...[
			'..',
			'.',
			'%2e%2e',
			'%00',
			'%',
			'%zz',
			'%ff',
			'%2f',
			'a%2fb',
			'..;',
			'a;b',
			'%c0%ae',
			'~',
			'*',
			'%0d%0a',
			'%E2%80%AE',
		],
		...[
			'fil_',
			'job_x',
			'fil_01arz3ndektsv4rrffq69g5fav',
			'fil_81ARZ3NDEKTSV4RRFFQ69G5FAV',
			'a'.repeat(3_000),
			'%F0%9F%98%80',
		],
	)
	.map(($raw) => ({ $raw }));

/** Of a query that no route asks for. */
export const oddQuery: fc.Arbitrary<[string, unknown]> = fc.tuple(
	fc.constantFrom(
		'__proto__',
		'constructor',
		'limit[]',
		'limit',
		'cursor',
		'wait',
		'user_id',
		'%',
		'',
		'a'.repeat(2_000),
	),
	fc.oneof(hostileText, fc.constantFrom({ $raw: '%' }, { $raw: '%00' }, { $raw: '%ff' }, { $raw: '+' })),
);

const CONTENT_TYPES = [
	...[
		'application/json',
		'application/json; charset=utf-8',
		'application/json;charset="UTF-8"',
		'APPLICATION/JSON',
	],
	...[
		'application/json; charset=utf-16',
		'application/json, text/html',
		'text/plain',
		'text/html',
		'multipart/form-data',
		'',
	],
	...[
		'application/x-www-form-urlencoded',
		'application/vnd.api+json',
		';',
		'application/json; boundary=\xe9',
	],
];

/** Headers that a request may have, whatever the route says of them. */
export const oddHeader: fc.Arbitrary<[string, unknown]> = fc.constantFrom<[string, unknown][]>(
	...CONTENT_TYPES.map((value): [string, unknown] => ['Content-Type', value]),
	...['gzip', 'identity', 'br, gzip', '\xff'].map((value): [string, unknown] => ['Content-Encoding', value]),
	...['*/*', 'text/html', 'application/xml;q=1', '\xe9'].map((value): [string, unknown] => ['Accept', value]),
	...['https://evil.example', 'null', 'http://localhost:3000', '\xe9'].map((value): [string, unknown] => [
		'Origin',
		value,
	]),
	...['GET', 'DELETE', 'x'].map((value): [string, unknown] => ['Access-Control-Request-Method', value]),
	...['', 'a'.repeat(1_000), '\xff\xfe', 'Mozilla/5.0 (\t)'].map((value): [string, unknown] => [
		'User-Agent',
		value,
	]),
	...['1.2.3.4', '::1, x', '\xe9', 'a'.repeat(500)].map((value): [string, unknown] => [
		'X-Forwarded-For',
		value,
	]),
	['X-Creatorr-Identity', 'eyJhbGciOiJub25lIn0.e30.'],
	['X-Request-Id', 'req_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
	['X-HTTP-Method-Override', 'DELETE'],
	['Idempotency-Key', 'k'.repeat(256)],
	['Idempotency-Key', '\xe9'],
	['Range', 'bytes=0-0'],
	['If-None-Match', '*'],
	['If-Modified-Since', 'x'],
	['Cookie', `token=${'x'.repeat(500)}`],
	['Accept-Encoding', 'gzip;q=0, *'],
	['TE', 'trailers'],
	['Upgrade', 'h2c'],
	['Connection', 'close'],
	['Connection', 'keep-alive, x-creatorr-identity'],
	['Last-Event-ID', '\xe9'],
	['Authorization', 'Bearer x.y.z'],
	['X-Large', 'a'.repeat(9_000)],
) as unknown as fc.Arbitrary<[string, unknown]>;
