import * as fc from 'fast-check';

const nested = (depth: number, open: string, close: string) =>
	JSON.parse(`${open.repeat(depth)}1${close.repeat(depth)}`);

/** Text that somebody is known to stumble over. */
const HOSTILE_TEXTS = [
	...['', ' ', '\t', '\0', 'a\0b', '\ud800', 'a\udc00b', '\ufeff', '\u202e', '\u2028', '\r\nX: y', 'e\u0301'],
	...['😀', 'ﷺ', '٣', '½', '‮gpj.exe', 'İ', 'ß', '\u00a0', '\x7f', '\x1b[31m'],
	...[
		"'",
		'"',
		'`',
		"' OR '1'='1",
		"x'; DROP TABLE users; --",
		'$' + '{7*7}',
		'{{7*7}}',
		'%s%n',
		'$(id)',
		'|id',
	],
	...['../../etc/passwd', '..', '.', '/', '\\', '%00', '%2e%2e', 'C:\\x', 'file:///x', '<b>', ']]>', '<!--'],
	...[
		'null',
		'undefined',
		'NaN',
		'Infinity',
		'true',
		'-1',
		'0',
		'1e400',
		'0x10',
		'1_000',
		'9007199254740993',
	],
	...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '[object Object]'],
	...['a'.repeat(256), 'a'.repeat(1_025), 'é'.repeat(128), '😀'.repeat(300), 'a'.repeat(10_000)],
];

const HOSTILE_NUMBERS = [
	...[-1, 0, -0, 1, 0.5, -0.5, 1e-7, 255, 256, 1e6, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53],
	...[2 ** 63, 2 ** 64, -(2 ** 31) - 1, -(2 ** 63), 1e21, 1e100, 1.7976931348623157e308, -1e308, 5e-324],
];

const HOSTILE_CONTAINERS: unknown[] = [
	[],
	{},
	[[]],
	[null],
	{ '': '' },
	JSON.parse('{"__proto__":{"isAdmin":true}}'),
	JSON.parse('{"__proto__":null}'),
	{ constructor: { prototype: { isAdmin: true } } },
	{ toString: 1, valueOf: 2, toJSON: 3, hasOwnProperty: 4 },
	{ length: 1e9 },
	{ $ne: null },
	{ a: { b: { c: '\0' } } },
	nested(20, '[', ']'),
	nested(31, '[', ']'),
	nested(33, '[', ']'),
	nested(200, '{"a":', '}'),
	Array(2_000).fill(1),
	Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index])),
];

export const hostileText = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
	{ weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

/** A JSON value of any kind, rarely the one that is asked for. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
	{ weight: 4, arbitrary: hostileText },
	{ weight: 3, arbitrary: fc.constantFrom(...HOSTILE_NUMBERS) },
	{ weight: 2, arbitrary: fc.constantFrom(null, true, false) },
	{ weight: 2, arbitrary: fc.constantFrom(...HOSTILE_CONTAINERS) },
	{ weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

/** Fields that nobody asks for, names among them that every object has. */
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

/** Bodies that are not the JSON that they should be. */
const RAW_BODIES = [
	...[
		'',
		' ',
		'{',
		'}',
		'[',
		'"',
		'{"a":1',
		'{"a":1,}',
		"{'a':1}",
		'{a:1}',
		'{"a":1}{"a":1}',
		'{"a":1}\0',
		'\ufeff{}',
	],
	...[
		'nul',
		'NaN',
		'1e400',
		'-',
		'01',
		'// c\n{}',
		'{"a":"\\ud800"}',
		'{"a":"\\x"}',
		'{"a":"\n"}',
		'{"\\u0000":1}',
	],
	...['{"email":"a@example.com","email":"b@example.com"}', '{"__proto__":{"a":1},"__proto__":{"b":2}}'],
	...[`${'['.repeat(5_000)}${']'.repeat(5_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
	...[`{"a":"${'a'.repeat(LARGE - 8)}"}`, `{"a":"${'a'.repeat(LARGE)}"}`, ' '.repeat(LARGE + 1), 'a=b&c=d'],
].map((text) => Buffer.from(text));

const RAW_BYTES = [
	Buffer.from([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
	Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
	Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
	Buffer.from('H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==', 'base64'),
	Buffer.alloc(100),
];

export const rawBody: fc.Arbitrary<string> = fc
	.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...RAW_BODIES, ...RAW_BYTES) },
		{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
	)
	.map((bytes) => bytes.toString('base64'));
