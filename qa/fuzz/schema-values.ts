import * as fc from 'fast-check';
import { hostileFields, hostileValue, weighted } from './hostile-values.ts';
import type { IdPrefix, Known } from './plan.ts';

/** The keywords of JSON Schema that the document uses. */
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

/** A value that an earlier answer contained, to this user or to the other one. */
const known = ($known: Known['$known']): fc.Arbitrary<unknown> =>
	fc.record({
		$known: fc.constant($known),
		of: fc.constantFrom('actor', 'actor', 'actor', 'other'),
		nth: fc.nat({ max: 20 }),
	});

/** The size of the PDF that is uploaded, in bytes. */
export const PDF_BYTES = 20_000;

/** Useful values of fields, by name, for which a schema alone is too broad. */
const BY_NAME: Record<string, fc.Arbitrary<unknown>> = {
	email: weighted([3, known('email')], [1, fc.uuid().map((uuid): unknown => `${uuid}@example.com`)]),
	password: known('password'),
	current_password: known('password'),
	cursor: known('cursor'),
	etag: known('etag'),
	tool: known('tool'),
	expires_at: fc.constantFrom('2100-01-01T00:00:00Z', '2100-01-01T00:00:00Z', '2020-01-01T00:00:00Z', null),
	size_bytes: fc.constantFrom(PDF_BYTES, PDF_BYTES, 1, 5 * 1024 ** 2, 10 * 1024 ** 3, 10 * 1024 ** 3 + 1),
	mime_type: fc.constantFrom(
		...['application/pdf', 'application/pdf', 'text/html; charset="utf-8"', 'image/svg+xml'],
	),
	params: weighted<unknown>(
		[4, fc.constant({})],
		[1, fc.record({ quality: fc.integer({ min: -1, max: 101 }) })],
		[1, fc.dictionary(fc.string(), hostileValue)],
	),
	part_number: fc.constantFrom(1, 1, 2, 10_000, 10_001),
	'Idempotency-Key': fc.constantFrom('key', 'other key', ' ', 'k'.repeat(255)),
	'Stripe-Signature': fc.constantFrom(
		...['', 't=1,v1=00', 't=,v1=', `t=${'9'.repeat(30)},v1=${'0'.repeat(64)}`, 'v1=a,v1=b'],
	),
};

/** In seconds. Longer waits would only take time. */
const SHORT_WAIT = fc.constantFrom(0, 0, 1);

function stringOf({ pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<unknown> {
	const prefix = /^\^(fil|job|ses|usr|key)_/.exec(pattern ?? '')?.[1] as IdPrefix | undefined;
	if (prefix) return weighted([6, known(prefix)], [1, fc.constant(`${prefix}_01ARZ3NDEKTSV4RRFFQ69G5FAV`)]);
	try {
		if (pattern) return fc.stringMatching(new RegExp(pattern, 'u'));
	} catch {
		// fast-check doesn't support the pattern.
	}
	return fc.string({ minLength, maxLength: Math.min(maxLength, 300) });
}

function bySchema(schemas: Schemas, schema: Schema): fc.Arbitrary<unknown> {
	const variants = schema.anyOf ?? schema.oneOf;
	const { minimum: min = -1_000, maximum: max = 1_000, minItems = 0, maxItems = 3 } = schema;
	if (schema.$ref) return bySchema(schemas, schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
	if (schema.const !== undefined) return fc.constant(schema.const);
	if (schema.enum) return fc.constantFrom(...schema.enum);
	if (variants) return fc.oneof(...variants.map((variant) => bySchema(schemas, variant)));
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
				minLength: minItems,
				maxLength: Math.min(maxItems, Math.max(3, minItems)),
			});
		case 'object': {
			const fields = Object.entries(schema.properties ?? {});
			const values = fields.map(([name, property]) => [name, valueFor(schemas, property, name)]);
			const names = fields.map(([name]) => name).filter((name) => schema.required?.includes(name));
			return fc.record(Object.fromEntries(values), { requiredKeys: names as never[] });
		}
		default:
			return hostileValue;
	}
}

/** A value that the schema allows, mostly; `name` is the field's. */
export function valueFor(schemas: Schemas, schema: Schema, name = ''): fc.Arbitrary<unknown> {
	if (name === 'wait') return SHORT_WAIT;
	const useful = BY_NAME[name];
	const fitting = bySchema(schemas, schema);
	return useful ? weighted([3, useful], [1, fitting]) : fitting;
}

/** The value with one error: a field is missing, of another type or unknown; or all of it is of another type. */
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
