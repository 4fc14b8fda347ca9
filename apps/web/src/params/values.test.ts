import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from './fields.ts';
import { validValues } from './saved-values.ts';
import { paramsToSend, validateAll } from './values.ts';

const fields = fieldsOf({
	params: {
		properties: {
			quality: { type: 'integer', minimum: 1, maximum: 100, default: 70 },
			grayscale: { type: 'boolean', default: false },
			mode: { type: 'string', enum: ['skip', 'redo'], default: 'skip' },
			languages: { type: 'array', items: { enum: ['eng', 'deu'] }, default: ['eng'], minItems: 1 },
			pages: {
				anyOf: [
					{ type: 'string', pattern: '^\\d+$', 'x-patternTitle': 'a page number such as 3' },
					{ type: 'null' },
				],
				default: null,
			},
			password: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, writeOnly: true },
		},
	},
});

describe('the params to send', () => {
	test('are those that differ from the defaults', () => {
		const values = { quality: 50, grayscale: false, languages: ['eng'], mode: 'redo' };
		expect(paramsToSend(fields, values)).toEqual({ params: { quality: 50, mode: 'redo' }, secrets: {} });
	});

	test('have the secrets separate', () => {
		expect(paramsToSend(fields, { password: 'x' })).toEqual({ params: {}, secrets: { password: 'x' } });
	});
});

describe('validation', () => {
	test('finds one problem per field', () => {
		expect(validateAll(fields, { quality: 0, languages: [], pages: 'two' })).toEqual({
			quality: 'Must be at least 1.',
			languages: 'Select at least one.',
			pages: 'Use a page number such as 3.',
		});
		expect(validateAll(fields, { quality: 101 })).toEqual({ quality: 'Must be at most 100.' });
		expect(validateAll(fields, { quality: 1.5 })).toEqual({ quality: 'Enter a whole number.' });
		expect(validateAll(fields, { quality: Number.NaN })).toEqual({ quality: 'Enter a number.' });
	});

	test('accepts missing values', () => {
		expect(validateAll(fields, {})).toEqual({});
	});
});

describe('stored values', () => {
	test('are restored', () => {
		const kept = { quality: 50, grayscale: true, mode: 'redo', languages: ['deu', 'eng'], pages: '3' };
		expect(validValues(fields, kept)).toEqual(kept);
	});

	test('are dropped when the tool no longer accepts them', () => {
		const kept = {
			quality: 500,
			grayscale: 'yes',
			mode: 'gone',
			languages: ['fra'],
			other: 1,
			password: 'x',
		};
		expect(validValues(fields, kept)).toEqual({});
		expect(validValues(fields, null)).toEqual({});
	});
});
