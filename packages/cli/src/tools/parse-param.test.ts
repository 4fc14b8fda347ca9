import { expect, test } from '@jest/globals';
import { parseParam } from './parse-param.ts';

const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }], default: null });

test.each([
	['70', { type: 'integer' }, 70],
	['300', nullable({ type: 'integer', minimum: 36 }), 300],
	['0.5', { type: 'number' }, 0.5],
	['true', { type: 'boolean' }, true],
	['12', { type: 'string' }, '12'],
	['redo', { type: 'string', enum: ['skip', 'redo'] }, 'redo'],
	['2', { type: 'integer', enum: [1, 2] }, 2],
	['eng, deu', { type: 'array', items: { type: 'string' } }, ['eng', 'deu']],
	['1,2', { type: 'array', items: { type: 'integer' } }, [1, 2]],
	['{"a":1}', { type: 'object' }, { a: 1 }],
	['as it is', {}, 'as it is'],
])('parses %j by the schema', (text, schema, value) => {
	expect(parseParam(text, schema)).toEqual(value);
});

test.each([
	['', { type: 'integer' }, 'a whole number'],
	['7.5', { type: 'integer' }, 'a whole number'],
	['1e99', { type: 'integer' }, 'a whole number'],
	['x', { type: 'number' }, 'a number'],
	['0', { type: 'integer', minimum: 1 }, 'at least 1'],
	['101', nullable({ type: 'integer', maximum: 100 }), 'at most 100'],
	['other', { enum: ['skip', 'redo'] }, 'skip, redo'],
	['yes', { type: 'boolean' }, 'true, false'],
])('refuses %j and names valid values', (text, schema, words) => {
	expect(() => parseParam(text, schema)).toThrow(words);
});
