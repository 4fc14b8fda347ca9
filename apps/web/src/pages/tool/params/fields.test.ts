import { describe, expect, test } from '@jest/globals';
import { type Field, fieldsOf, languageName } from './fields.ts';

function field(
	schema: object,
	options: { name?: string; capabilities?: Record<string, string[]> } = {},
): Field {
	const { name = 'a_param', capabilities = {} } = options;
	const [made] = fieldsOf({ params: { properties: { [name]: schema } }, capabilities });
	if (!made) throw new Error('no field was made');
	return made;
}

test('a number has its bounds', () => {
	const schema = {
		type: 'integer',
		minimum: 1,
		maximum: 100,
		default: 70,
		description: 'how well it must look',
	};
	expect(field(schema, { name: 'quality' })).toEqual({
		kind: 'number',
		name: 'quality',
		label: 'Quality',
		help: 'How well it must look.',
		standard: 70,
		isInteger: true,
		min: 1,
		max: 100,
		isNullable: false,
		unit: undefined,
	});
});

test('one that may be null is left to the tool, and its help says so', () => {
	const schema = {
		anyOf: [{ type: 'integer', minimum: 36 }, { type: 'null' }],
		default: null,
		description: 'resolution; null: what the quality says',
	};
	expect(field(schema)).toMatchObject({
		kind: 'number',
		min: 36,
		isNullable: true,
		standard: null,
		help: 'Resolution; automatic: what the quality says.',
	});
});

test('amounts of bytes are sizes', () => {
	expect(field({ type: 'integer', minimum: 1 }, { name: 'target_size_bytes' })).toMatchObject({
		label: 'Target size',
		unit: 'bytes',
	});
});

test('a choice has what its description says of each value beside it', () => {
	const schema = {
		type: 'string',
		enum: ['reject', 'invalidate'],
		default: 'reject',
		description: 'what to do with a signed PDF. reject: end; invalidate: empty the fields',
	};
	expect(field(schema)).toMatchObject({
		kind: 'choice',
		help: 'What to do with a signed PDF.',
		options: [
			{ value: 'reject', label: 'Reject', hint: 'End.' },
			{ value: 'invalidate', label: 'Invalidate', hint: 'Empty the fields.' },
		],
	});
});

test('a long explanation is cut down to what it is about and what null means', () => {
	const description =
		'how well pages must look: at 70 the same on a screen (SSIM of sampled pages at least 0.95), at 90 better; null: as well as the rest of the document asks for';
	const schema = { anyOf: [{ type: 'integer' }, { type: 'null' }], description };
	expect(field(schema).help).toBe(
		'How well pages must look; automatic: as well as the rest of the document asks for.',
	);
});

test('what only programs know is not said beside an option', () => {
	const schema = {
		type: 'string',
		enum: ['a', 'b'],
		description: 'which one. a: end with some_code; b: go on',
	};
	expect(field(schema)).toMatchObject({ options: [{ hint: '' }, { hint: 'Go on.' }] });
});

test('a text that may be null may be left empty', () => {
	const schema = {
		anyOf: [{ type: 'string', pattern: '^x' }, { type: 'null' }],
		description: 'pages; all when null',
	};
	expect(field(schema)).toMatchObject({ kind: 'text', pattern: '^x', help: 'Pages; all when left empty.' });
});

test('what is only written is a secret', () => {
	const schema = {
		anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }],
		writeOnly: true,
		format: 'password',
	};
	expect(field(schema)).toMatchObject({ kind: 'secret', maxLength: 9 });
});

test('a list offers what the workers have, and always what it is by default', () => {
	const schema = { type: 'array', items: { type: 'string' }, default: ['eng'], minItems: 1, maxItems: 8 };
	const made = field(schema, { name: 'languages', capabilities: { languages: ['deu', 'eng'] } });
	expect(made).toMatchObject({
		kind: 'list',
		min: 1,
		max: 8,
		options: [
			{ value: 'eng', label: 'English' },
			{ value: 'deu', label: 'German' },
		],
	});
});

describe('what no form can ask for', () => {
	test('is left out', () => {
		expect(fieldsOf({ params: { properties: { a: { type: 'object' } } } })).toEqual([]);
	});
});

test.each([
	['deu', 'German'],
	['chi_sim', 'Chinese (sim)'],
	['Latin', 'Latin'],
	['no-such-language', 'no-such-language'],
])('the language %s is %s', (code, name) => {
	expect(languageName(code)).toBe(name);
});
