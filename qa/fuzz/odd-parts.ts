import * as fc from 'fast-check';
import { hostileText } from './hostile-values.ts';

/** Text for the place of an id in a path, sent without percent-encoding. */
export const oddSegment = fc
	.constantFrom(
		...'.. . %2e%2e %00 % %zz %ff %2f a%2fb ..; a;b %c0%ae ~ * %0d%0a %E2%80%AE %F0%9F%98%80'.split(' '),
		...'fil_ job_x fil_01arz3ndektsv4rrffq69g5fav fil_81ARZ3NDEKTSV4RRFFQ69G5FAV'.split(' '),
		'a'.repeat(3_000),
	)
	.map(($raw) => ({ $raw }));

/** A query parameter, whatever the route accepts. */
export const oddQuery: fc.Arbitrary<[string, unknown]> = fc.tuple(
	fc.constantFrom(
		...'__proto__ constructor limit[] limit cursor wait user_id %'.split(' '),
		...['', 'a'.repeat(2_000)],
	),
	fc.oneof(hostileText, fc.constantFrom({ $raw: '%' }, { $raw: '%00' }, { $raw: '%ff' }, { $raw: '+' })),
);

/** Header values, whatever the route accepts. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
	'Content-Type': [
		...['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'],
		...['APPLICATION/JSON', 'application/json; charset=utf-16', 'application/json, text/html'],
		...['text/plain', 'text/html', 'multipart/form-data', '', 'application/x-www-form-urlencoded'],
		...['application/vnd.api+json', ';', 'application/json; boundary=\xe9'],
	],
	'Content-Encoding': ['gzip', 'identity', 'br, gzip', '\xff'],
	Accept: ['*/*', 'text/html', 'application/xml;q=1', '\xe9'],
	Origin: ['https://evil.example', 'null', 'http://localhost:3000', '\xe9'],
	'Access-Control-Request-Method': ['GET', 'DELETE', 'x'],
	'User-Agent': ['', 'a'.repeat(1_000), '\xff\xfe', 'Mozilla/5.0 (\t)'],
	'X-Forwarded-For': ['1.2.3.4', '::1, x', '\xe9', 'a'.repeat(500)],
	'X-Creatorr-Identity': ['eyJhbGciOiJub25lIn0.e30.'],
	'X-Request-Id': ['req_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
	'X-HTTP-Method-Override': ['DELETE'],
	'Idempotency-Key': ['k'.repeat(256), '\xe9'],
	Range: ['bytes=0-0'],
	'If-None-Match': ['*'],
	'If-Modified-Since': ['x'],
	Cookie: [`token=${'x'.repeat(500)}`],
	'Accept-Encoding': ['gzip;q=0, *'],
	TE: ['trailers'],
	Upgrade: ['h2c'],
	Connection: ['close', 'keep-alive, x-creatorr-identity'],
	'Last-Event-ID': ['\xe9'],
	Authorization: ['Bearer x.y.z'],
	'X-Large': ['a'.repeat(9_000)],
};

export const oddHeader: fc.Arbitrary<[string, unknown]> = fc.constantFrom(
	...Object.entries(HEADERS).flatMap(([name, values]) =>
		values.map((value): [string, string] => [name, value]),
	),
);
