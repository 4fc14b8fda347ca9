import * as fc from 'fast-check';
import { hostileFields, hostileValue } from './hostile-values.ts';
import type { IdPrefix, Known } from './plan.ts';

/** A schema of the document, as far as it is looked at. */
export interface Schema {
	$ref?: string;
	type?: string;
	enum?: unknown[];
	const?: unknown;
	pattern?: string;
	minLength?: number;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	minItems?: number;
	maxItems?: number;
	items?: Schema;
	properties?: Record<string, Schema>;
	required?: string[];
	anyOf?: Schema[];
	oneOf?: Schema[];
}

export type Schemas = Record<string, Schema>;

const side = fc.constantFrom<'actor' | 'other'>('actor', 'actor', 'actor', 'other');
const nth = fc.nat({ max: 20 });

/** An id of this kind that an earlier answer told, to this person or to another; or one that nobody has. */
function knownId(prefix: IdPrefix): fc.Arbitrary<unknown> {
	return fc.oneof(
		{
			weight: 6,
			arbitrary: fc.record({
				$known: fc.constant('id' as const),
				prefix: fc.constant(prefix),
				of: side,
				nth,
			}),
		},
		{ weight: 1, arbitrary: fc.constant(`${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV`) },
	);
}

const known = (what: Exclude<Known['$known'], 'id'>) =>
	fc.record({ $known: fc.constant(what), of: side, nth });

/** The size of the PDF that is uploaded. */
export const PDF_BYTES = 20_000;

/** What fields of these names are worth trying with, beside what their schema says. */
const BY_NAME: Record<string, fc.Arbitrary<unknown>> = {
	email: fc.oneof(
		{ weight: 3, arbitrary: known('email') },
		{ weight: 1, arbitrary: fc.uuid().map((uuid) => `${uuid}@example.com`) },
	),
	password: known('password'),
	current_password: known('password'),
	cursor: known('cursor'),
	etag: known('etag'),
	tool: known('tool'),
	size_bytes: fc.constantFrom(PDF_BYTES, PDF_BYTES, 1, 5 * 1024 ** 2, 10 * 1024 ** 3, 10 * 1024 ** 3 + 1),
	mime_type: fc.constantFrom(
		'application/pdf',
		'application/pdf',
		'text/html; charset="utf-8"',
		'image/svg+xml',
	),
	params: fc.oneof(
		{ weight: 4, arbitrary: fc.constant({}) },
		{ weight: 1, arbitrary: fc.record({ quality: fc.integer({ min: -1, max: 101 }) }) },
		{ weight: 1, arbitrary: fc.dictionary(fc.string(), hostileValue) },
	),
	part_number: fc.constantFrom(1, 1, 2, 10_000, 10_001),
	'Idempotency-Key': fc.constantFrom('key', 'other key', ' ', 'k'.repeat(255)),
	'Stripe-Signature': fc.constantFrom(
		'',
		't=1,v1=00',
		't=,v1=',
		`t=${'9'.repeat(30)},v1=${'0'.repeat(64)}`,
		'v1=a,v1=b',
	),
};

/** Seconds that an answer is held: more would only cost time. */
const SHORT_WAIT = fc.constantFrom(0, 0, 1);

function stringOf(schema: Schema): fc.Arbitrary<unknown> {
	const prefix = /^\^(fil|job|ses|usr)_/.exec(schema.pattern ?? '')?.[1];
	if (prefix) return knownId(prefix as IdPrefix);
	if (schema.pattern) {
		try {
			return fc.stringMatching(new RegExp(schema.pattern, 'u'));
		} catch {
			// A pattern that is not understood leaves the names above, or nothing that fits.
		}
	}
	return fc.string({ minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 60, 300) });
}

function objectOf(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
	const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => [
		name,
		valueFor(schemas, property, name),
	]);
	const required = new Set(schema.required);
	return fc.record(Object.fromEntries(fields), {
		requiredKeys: Object.keys(schema.properties ?? {}).filter((name) => required.has(name)) as never[],
	});
}

function bySchema(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
	if (schema.$ref) return bySchema(schemas, schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
	if (schema.const !== undefined) return fc.constant(schema.const);
	if (schema.enum) return fc.constantFrom(...schema.enum);
	const variants = schema.anyOf ?? schema.oneOf;
	if (variants) return fc.oneof(...variants.map((variant) => bySchema(schemas, variant)));
	const { minimum: min = -1_000, maximum: max = 1_000 } = schema;
	switch (schema.type) {
		case 'string':
			return stringOf(schema);
		case 'integer':
			return fc.integer({ min: Math.max(min, -(2 ** 31)), max: Math.min(Math.max(max, min), 2 ** 31 - 1) });
		case 'number':
			return fc.double({ min, max, noNaN: true });
		case 'boolean':
			return fc.boolean();
		case 'null':
			return fc.constant(null);
		case 'array':
			return fc.array(bySchema(schemas, schema.items ?? {}), {
				minLength: schema.minItems ?? 0,
				maxLength: Math.min(schema.maxItems ?? 3, Math.max(3, schema.minItems ?? 0)),
			});
		case 'object':
			return objectOf(schemas, schema);
		default:
			return hostileValue;
	}
}

/** A value that the schema admits, mostly; `name` is the field's. */
export function valueFor(schemas: Schemas, schema: Schema, name = ''): fc.Arbitrary<unknown> {
	if (name === 'wait') return SHORT_WAIT;
	const worthTrying = BY_NAME[name];
	const fitting = bySchema(schemas, schema);
	return worthTrying
		? fc.oneof({ weight: 3, arbitrary: worthTrying }, { weight: 1, arbitrary: fitting })
		: fitting;
}

/** The same with something wrong in it: a field that is missing, of another kind or not asked for; or of another kind itself. */
export function nearly(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
	return fc
		.tuple(value, fc.nat({ max: 9 }), fc.nat(), hostileValue, hostileFields)
		.map(([good, kind, at, hostile, more]) => {
			if (typeof good !== 'object' || good === null || Array.isArray(good) || kind === 0) return hostile;
			const fields = Object.entries(good);
			if (fields.length === 0) return Object.fromEntries(more);
			const index = at % fields.length;
			if (kind < 3) return Object.fromEntries(fields.toSpliced(index, 1));
			if (kind < 8) return Object.fromEntries(fields.with(index, [fields[index]?.[0] ?? 'x', hostile]));
			return Object.fromEntries([...fields, ...more]);
		});
}
