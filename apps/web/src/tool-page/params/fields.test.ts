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

test('makes a number field with bounds', () => {
	const schema = {
		type: 'integer',
		minimum: 1,
		maximum: 100,
		default: 70,
		description: 'Visual quality of the pages.',
	};
	expect(field(schema, { name: 'quality' })).toEqual({
		kind: 'number',
		name: 'quality',
		label: 'Quality',
		help: 'Visual quality of the pages.',
		defaultValue: 70,
		isInteger: true,
		min: 1,
		max: 100,
		isNullable: false,
		unit: undefined,
	});
});

test('makes a nullable field, whose help says "automatic"', () => {
	const schema = {
		anyOf: [{ type: 'integer', minimum: 36 }, { type: 'null' }],
		default: null,
		description: 'Maximum resolution. null follows quality.',
	};
	expect(field(schema)).toMatchObject({
		kind: 'number',
		min: 36,
		isNullable: true,
		defaultValue: null,
		help: 'Maximum resolution. Automatic follows quality.',
	});
});

test('gives amounts of bytes a unit', () => {
	expect(field({ type: 'integer', minimum: 1 }, { name: 'target_size_bytes' })).toMatchObject({
		label: 'Target size',
		unit: 'bytes',
	});
});

test('moves what the description says of each option to its hint', () => {
	const schema = {
		type: 'string',
		enum: ['reject', 'invalidate'],
		default: 'reject',
		description: 'What to do with a signed PDF. reject: fail; invalidate: clear the signature fields.',
	};
	expect(field(schema)).toMatchObject({
		kind: 'choice',
		help: 'What to do with a signed PDF.',
		options: [
			{ value: 'reject', label: 'Reject', hint: 'Fail.' },
			{ value: 'invalidate', label: 'Invalidate', hint: 'Clear the signature fields.' },
		],
	});
});

test('shortens a long description to its topic and the meaning of null', () => {
	const description =
		'Visual quality of the pages. At 70, pages look the same on a screen (SSIM of sampled pages at least 0.95). If null, the quality follows the document.';
	const schema = { anyOf: [{ type: 'integer' }, { type: 'null' }], description };
	expect(field(schema).help).toBe(
		'Visual quality of the pages. If automatic, the quality follows the document.',
	);
});

test('leaves out hints that contain code names', () => {
	const schema = {
		type: 'string',
		enum: ['a', 'b'],
		description: 'Which one. a: fail with some_code; b: continue',
	};
	expect(field(schema)).toMatchObject({ options: [{ hint: '' }, { hint: 'Continue.' }] });
});

test('makes a text field that may be empty', () => {
	const schema = {
		anyOf: [{ type: 'string', pattern: '^x' }, { type: 'null' }],
		description: 'Pages to export. If null, all pages are exported.',
	};
	expect(field(schema)).toMatchObject({
		kind: 'text',
		pattern: '^x',
		help: 'Pages to export. If left empty, all pages are exported.',
	});
});

test('makes a secret field of a write-only param', () => {
	const schema = {
		anyOf: [{ type: 'string', maxLength: 9 }, { type: 'null' }],
		writeOnly: true,
		format: 'password',
	};
	expect(field(schema)).toMatchObject({ kind: 'secret', maxLength: 9 });
});

test("offers the workers' capabilities and the default in a list", () => {
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

describe('a param that no input fits', () => {
	test('is left out', () => {
		expect(fieldsOf({ params: { properties: { a: { type: 'object' } } } })).toEqual([]);
	});
});

test.each([
	['deu', 'German'],
	['chi_sim', 'Chinese (sim)'],
	['Latin', 'Latin'],
	['no-such-language', 'no-such-language'],
])('names the language %s %s', (code, name) => {
	expect(languageName(code)).toBe(name);
});
