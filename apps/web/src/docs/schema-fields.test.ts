import { expect, test } from '@jest/globals';
import type { ApiDescription, Schema } from './api-description.ts';
import { fieldOf, fieldsOf } from './schema-fields.ts';

const description: ApiDescription = {
	tags: [],
	paths: {},
	components: {
		schemas: {
			User: { type: 'object', properties: { name: { type: ['string', 'null'] } }, required: ['name'] },
		},
	},
};

const typeOf = (schema: Schema) => fieldOf('x', schema, true, description).type;

test.each<[Schema, string]>([
	[{ type: 'string' }, 'string'],
	[{ type: 'string', minLength: 8 }, 'string, at least 8 characters'],
	[{ type: 'string', maxLength: 255 }, 'string, at most 255 characters'],
	[{ type: 'string', format: 'date-time', pattern: '^\\d' }, 'time'],
	[{ type: 'string', pattern: '^fil_[0-7]' }, 'file ID'],
	[{ type: 'string', pattern: '^whk_[0-7]' }, 'webhook ID'],
	[{ type: ['string', 'null'] }, 'string or null'],
	[{ type: 'string', const: 'PUT' }, '"PUT"'],
	[{ type: 'integer', minimum: 1, maximum: 10_000 }, 'integer, 1 to 10,000'],
	[{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'integer'],
	[
		{ anyOf: [{ type: 'integer', minimum: 36, maximum: 600 }, { type: 'null' }] },
		'integer, 36 to 600 or null',
	],
	[{ type: 'array', items: { type: 'string' } }, 'list of strings'],
	[{ type: 'array', minItems: 1, maxItems: 8, items: { type: 'string' } }, 'list of 1 to 8 strings'],
	[{ type: 'array', items: { $ref: '#/components/schemas/User' } }, 'list of objects'],
	[{ type: 'object', additionalProperties: { type: 'string' } }, 'object of strings'],
	[
		{ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
		'object of lists of strings',
	],
	[{ type: 'object', additionalProperties: {} }, 'object'],
])('describes %j as %s', (schema, words) => {
	expect(typeOf(schema)).toBe(words);
});

test('resolves named schemas and the items of lists', () => {
	const user = { name: 'name', type: 'string or null', isRequired: true };
	expect(fieldsOf({ $ref: '#/components/schemas/User' }, description)).toMatchObject([user]);
	const list = { type: 'array', items: { $ref: '#/components/schemas/User' } };
	expect(fieldsOf({ type: 'object', properties: { data: list } }, description)).toMatchObject([
		{ name: 'data', isRequired: false, fields: [user] },
	]);
});

test('returns choices with their titles and descriptions, and the default as JSON', () => {
	const schema = {
		type: 'string',
		enum: ['a', 'b', 'c', 'd'],
		default: 'a',
		'x-enumTitles': { a: 'First', b: 'Second' },
		'x-enumDescriptions': { a: 'Before the others.', c: 'The third.' },
	};
	expect(fieldOf('x', schema, false, description)).toMatchObject({
		choices: [
			{ value: 'a', meaning: 'First. Before the others.' },
			{ value: 'b', meaning: 'Second' },
			{ value: 'c', meaning: 'The third.' },
			{ value: 'd', meaning: undefined },
		],
		defaultJson: '"a"',
	});
});

test.each([
	[{ title: 'Result', description: 'What comes out.' }, 'Result: What comes out.'],
	[{ title: 'Result' }, 'Result'],
	[{ description: 'What comes out.' }, 'What comes out.'],
	[{}, ''],
])('describes a field with %j as "%s"', (schema, text) => {
	expect(fieldOf('x', schema, false, description).description).toBe(text);
});

test('returns the values of the items of a list as choices', () => {
	const items = { type: 'string', enum: ['a', 'b'], 'x-enumDescriptions': { a: 'the first' } };
	expect(fieldOf('x', { type: 'array', items }, false, description).choices).toEqual([
		{ value: 'a', meaning: 'the first' },
		{ value: 'b', meaning: undefined },
	]);
});
