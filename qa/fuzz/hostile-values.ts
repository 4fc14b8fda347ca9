import * as fc from 'fast-check';
import { z } from 'zod';
import { readPayloads } from '../driver/payloads.ts';

const nested = (depth: number, open: string, close: string) =>
	JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`);

const TEXTS = z.array(z.string());

const PAYLOADS = readPayloads(
	new URL('./payloads.yaml', import.meta.url),
	z.strictObject({
		texts: z.array(TEXTS),
		segments: z.array(TEXTS),
		queryNames: TEXTS,
		headers: z.record(z.string(), TEXTS),
	}),
);

const HOSTILE_NUMBERS = [
	...[-1, 0, -0, 1, 0.5, -0.5, 1e-7, 255, 256, 1e6, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
	...[2 ** 63, 2 ** 64, -(2 ** 31) - 1, -(2 ** 63), 1e21, 1e100, 1.7976931348623157e308, -1e308, 5e-324],
];

const HOSTILE_CONTAINERS: unknown[] = [
	...[[], {}, [[]], [null], { '': '' }, { length: 1e9 }, { $ne: null }, { a: { b: { c: '\0' } } }],
	...[JSON.parse('{"__proto__":{"isAdmin":true}}'), JSON.parse('{"__proto__":null}')],
	{ constructor: { prototype: { isAdmin: true } } },
	{ toString: 1, valueOf: 2, toJSON: 3, hasOwnProperty: 4 },
	...[nested(20, '[', ']'), nested(31, '[', ']'), nested(33, '[', ']'), nested(200, '{"a":', '}')],
	Array(2_000).fill(1),
	Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index])),
];

/** Chooses an arbitrary, each as often as its weight says. */
export const weighted = <T>(...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]) =>
	fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const hostileText: fc.Arbitrary<string> = weighted(
	[3, fc.constantFrom(...PAYLOADS.texts.flat())],
	[1, fc.string({ unit: 'binary', maxLength: 40 })],
	[1, fc.string({ unit: 'grapheme', maxLength: 40 })],
);

/** A JSON value of any type, rarely the expected one. */
export const hostileValue: fc.Arbitrary<unknown> = weighted<unknown>(
	[4, hostileText],
	[3, fc.constantFrom(...HOSTILE_NUMBERS)],
	[2, fc.constantFrom(null, true, false)],
	[2, fc.constantFrom(...HOSTILE_CONTAINERS)],
	[1, fc.jsonValue({ maxDepth: 3 })],
);

/** Fields that no schema has, with names that every object has among them. */
export const hostileFields: fc.Arbitrary<[string, unknown][]> = fc.array(
	fc.tuple(
		fc.oneof(
			fc.constantFrom('__proto__', 'constructor', 'toString', 'id', 'user_id', 'plan', '', '\0'),
			hostileText,
		),
		hostileValue,
	),
	{ maxLength: 3 },
);

const LARGE = 1024 * 1024;

/** Bodies that are no JSON, or JSON that no client writes. */
const RAW_BODIES = [
	...['', ' ', '// c\n{}', '{"a":"\n"}', ' '.repeat(LARGE + 1)],
	...`{ } [ " {"a":1 {"a":1,} {'a':1} {a:1} {"a":1}{"a":1} {"a":1}\0 \ufeff{} a=b&c=d`.split(' '),
	...'nul NaN 1e400 - 01 {"a":"\\ud800"} {"a":"\\x"} {"\\u0000":1}'.split(' '),
	...['{"email":"a@example.com","email":"b@example.com"}', '{"__proto__":{"a":1},"__proto__":{"b":2}}'],
	...[`${'['.repeat(5_000)}${']'.repeat(5_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
	...[`{"a":"${'a'.repeat(LARGE - 8)}"}`, `{"a":"${'a'.repeat(LARGE)}"}`],
].map((text) => Buffer.from(text));

/** UTF-16, malformed UTF-8, gzip, zeros. */
const RAW_BYTES = [
	...['fffe7b007d00', '7b22c328223a317d', '7b22eda080223a317d'].map((hex) => Buffer.from(hex, 'hex')),
	Buffer.from('H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==', 'base64'),
	Buffer.alloc(100),
];

/** In base64. */
export const rawBody: fc.Arbitrary<string> = weighted(
	[4, fc.constantFrom(...RAW_BODIES, ...RAW_BYTES)],
	[1, fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes))],
).map((bytes) => bytes.toString('base64'));

/** Text for the place of an id in a path, sent without percent-encoding. */
export const oddSegment = fc.constantFrom(...PAYLOADS.segments.flat()).map(($raw) => ({ $raw }));

/** A query parameter, whatever the route accepts. */
export const oddQuery: fc.Arbitrary<[string, unknown]> = fc.tuple(
	fc.constantFrom(...PAYLOADS.queryNames),
	fc.oneof(hostileText, fc.constantFrom({ $raw: '%' }, { $raw: '%00' }, { $raw: '%ff' }, { $raw: '+' })),
);

/** A header, whatever the route accepts. */
export const oddHeader: fc.Arbitrary<[string, unknown]> = fc.constantFrom(
	...Object.entries(PAYLOADS.headers).flatMap(([name, values]) =>
		values.map((value): [string, string] => [name, value]),
	),
);
