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
		nullLabel: undefined,
		unit: undefined,
	});
});

test('makes a nullable field that says what null means', () => {
	const schema = {
		anyOf: [{ type: 'integer', minimum: 36 }, { type: 'null' }],
		default: null,
		description: 'Maximum resolution.',
	};
	expect(field({ ...schema, 'x-nullTitle': 'No limit' })).toMatchObject({
		kind: 'number',
		min: 36,
		nullLabel: 'No limit',
		defaultValue: null,
		help: 'Maximum resolution.',
	});
	expect(field(schema)).toMatchObject({ nullLabel: 'Automatic' });
});

test('gives amounts of bytes a unit', () => {
	expect(field({ type: 'integer', minimum: 1 }, { name: 'target_size_bytes' })).toMatchObject({
		label: 'Target size',
		unit: 'bytes',
	});
});

test('names the options of a choice', () => {
	const schema = {
		type: 'string',
		enum: ['reject', 'invalidate'],
		default: 'reject',
		description: 'Any change breaks a digital signature.',
		'x-enumTitles': { reject: 'Don’t compress' },
		'x-enumDescriptions': { reject: 'The job fails.' },
	};
	expect(field(schema)).toMatchObject({
		kind: 'choice',
		help: 'Any change breaks a digital signature.',
		options: [
			{ value: 'reject', label: 'Don’t compress', hint: 'The job fails.' },
			{ value: 'invalidate', label: 'Invalidate', hint: undefined },
		],
	});
});

test('makes a choice of a number whose values have names', () => {
	const schema = {
		type: 'integer',
		minimum: 0,
		maximum: 1,
		'x-enumTitles': { 0: 'Unchanged', 1: 'Smaller' },
	};
	expect(field(schema)).toMatchObject({
		kind: 'choice',
		isNumber: true,
		options: [
			{ value: '0', label: 'Unchanged' },
			{ value: '1', label: 'Smaller' },
		],
	});
});

test('shortens a long description to its topic', () => {
	const description =
		'Visual quality of the pages. At 70, pages look the same on a screen (SSIM of sampled pages at least 0.95).';
	expect(field({ type: 'integer', description }).help).toBe('Visual quality of the pages.');
});

test('names other params by their labels in the help', () => {
	const properties = {
		mode: {
			type: 'string',
			enum: ['skip', 'redo'],
			title: 'Pages with text',
			'x-enumTitles': { redo: 'Replace' },
		},
		deskew: { type: 'boolean', description: 'Not available if params.mode is redo.' },
		clean: { type: 'boolean', description: 'Useless if params.mode is slow.' },
	};
	expect(fieldsOf({ params: { properties } }).map(({ help }) => help)).toEqual([
		'',
		'Not available if “Pages with text” is set to “Replace”.',
		'Useless if “Pages with text” is slow.',
	]);
});

test('makes a text field that may be empty', () => {
	const schema = {
		anyOf: [{ type: 'string', pattern: '^x' }, { type: 'null' }],
		description: 'Pages to export.',
		'x-nullTitle': 'All pages',
	};
	expect(field(schema)).toMatchObject({ kind: 'text', pattern: '^x', nullLabel: 'All pages' });
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
