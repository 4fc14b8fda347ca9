import { describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { paramsJsonSchema, parseParams } from './params.ts';

const schema = z.strictObject({
	quality: z.int().min(1).max(100).default(70).meta({ description: 'how good' }),
	password: z.string().nullable().default(null).meta({ description: 'to open it' }),
});

describe('parseParams', () => {
	test('fills in the defaults', () => {
		expect(parseParams(schema, {})).toEqual({ ok: true, data: { quality: 70, password: null } });
	});

	test('names the field that is wrong', () => {
		expect(parseParams(schema, { quality: 101 })).toEqual({
			ok: false,
			details: [{ path: 'params.quality', message: expect.stringContaining('100') }],
			total: 1,
		});
	});

	test('names each unknown param and lists the accepted ones once', () => {
		expect(parseParams(schema, { qualty: 1, size: 2 })).toEqual({
			ok: false,
			details: [
				{ path: 'params.qualty', message: 'unknown param "qualty"; accepted: quality, password' },
				{ path: 'params.size', message: 'unknown param "size"' },
			],
			total: 2,
		});
	});

	test('describes 20 of 120,000 unknown params, and counts the others', () => {
		const raw = Object.fromEntries(Array.from({ length: 120_000 }, (_, index) => [`unknown_${index}`, 1]));
		const stringify = jest.spyOn(JSON, 'stringify');
		try {
			const parsed = parseParams(schema, raw);
			expect(parsed).toMatchObject({ ok: false, total: 120_000 });
			expect(parsed.ok || parsed.details.length).toBe(20);
			expect(JSON.stringify(parsed).match(/accepted:/g)).toHaveLength(1);
			// No message is built for a param that is not shown: each would stringify the name.
			expect(stringify.mock.calls.length).toBeLessThan(50);
		} finally {
			stringify.mockRestore();
		}
	});

	test('cuts a long name short', () => {
		const parsed = parseParams(schema, { [`${'€'.repeat(60_000)}`]: 1 });
		expect(JSON.stringify(parsed).length).toBeLessThan(500);
	});

	test('says so when a tool takes no params', () => {
		const parsed = parseParams(z.strictObject({}), { quality: 1 });
		expect(parsed).toMatchObject({
			details: [{ message: 'unknown param "quality"; this tool takes no params' }],
		});
	});

	test.each([[null], ['text'], [[]], [1]])('refuses %j in place of an object', (raw) => {
		expect(parseParams(schema, raw)).toMatchObject({ ok: false, details: [{ path: 'params' }] });
	});

	test('refuses keys of the prototype like any unknown one', () => {
		expect(parseParams(schema, JSON.parse('{"constructor":1}'))).toMatchObject({ ok: false });
	});
});

describe('paramsJsonSchema', () => {
	test('contains defaults, bounds and descriptions, and requires nothing', () => {
		expect(paramsJsonSchema(schema)).toMatchObject({
			type: 'object',
			additionalProperties: false,
			properties: {
				quality: { type: 'integer', minimum: 1, maximum: 100, default: 70, description: 'how good' },
			},
		});
		expect(paramsJsonSchema(schema)).not.toHaveProperty('required');
	});
});
