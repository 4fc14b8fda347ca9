import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { paramsJsonSchema, parseParams } from './params.ts';

const schema = z.strictObject({
	quality: z.int().min(1).max(100).default(70).meta({ description: 'how good' }),
	password: z.string().nullable().default(null).meta({ description: 'to open it' }),
});

describe('parseParams', () => {
	test('fills in the defaults', () => {
		expect(parseParams(schema, {})).toEqual({ ok: true, params: { quality: 70, password: null } });
	});

	test('names the field that is wrong', () => {
		expect(parseParams(schema, { quality: 101 })).toEqual({
			ok: false,
			details: [{ path: 'params.quality', message: expect.stringContaining('100') }],
		});
	});

	test('names each unknown param and lists what is accepted', () => {
		const message = (name: string) => `unknown param "${name}"; accepted: quality, password`;
		expect(parseParams(schema, { qualty: 1, size: 2 })).toEqual({
			ok: false,
			details: [
				{ path: 'params.qualty', message: message('qualty') },
				{ path: 'params.size', message: message('size') },
			],
		});
	});

	test('says so when a tool takes no params at all', () => {
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
	test('shows defaults, bounds and descriptions, and requires nothing', () => {
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
