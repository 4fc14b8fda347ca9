import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { errorBodySchema } from './errors.ts';
import { maxJsonBytes } from './max-json-bytes.ts';
import { PUBLIC_OPERATIONS } from './operations.ts';

const MIB = 1024 ** 2;

const maxResponseBytes = (schema: z.ZodType) =>
	maxJsonBytes(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));

const withResponse = PUBLIC_OPERATIONS.flatMap(({ id, response }) => (response ? [{ id, response }] : []));

test.each(withResponse)('the response of $id has a bounded size', ({ response }) => {
	expect(maxResponseBytes(response)).toBeLessThan(8 * MIB);
});

test('an error response has a bounded size', () => {
	expect(maxResponseBytes(errorBodySchema)).toBeLessThan(MIB / 2);
});

describe('maxJsonBytes', () => {
	const bytesOf = (schema: z.ZodType) => maxJsonBytes(z.toJSONSchema(schema));

	test.each<[string, z.ZodType, unknown]>([
		['text', z.string().max(3), '\u0001\u0002\u0003'],
		['a list of texts', z.array(z.string().max(1)).max(3), ['€', '"', '\\']],
		['an object', z.strictObject({ a: z.enum(['x', 'long']), b: z.boolean() }), { a: 'long', b: false }],
		['either', z.union([z.literal('a'), z.string().max(4)]), 'abcd'],
		['null or a number', z.number().nullable(), -1.234567890123456e-300],
	])('is at least the size of %s', (_, schema, value) => {
		expect(schema.safeParse(value).success).toBe(true);
		expect(bytesOf(schema)).toBeGreaterThanOrEqual(Buffer.byteLength(JSON.stringify(value)));
	});

	test.each<[string, z.ZodType]>([
		['text', z.strictObject({ a: z.string() })],
		['a list', z.array(z.boolean())],
		['open fields', z.looseObject({})],
		['a record', z.record(z.string(), z.boolean())],
		['anything', z.unknown()],
	])('throws if nothing bounds %s', (_, schema) => {
		expect(() => bytesOf(schema)).toThrow('nothing bounds');
	});
});
