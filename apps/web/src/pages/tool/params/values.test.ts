import { describe, expect, test } from '@jest/globals';
import { fieldsOf } from './fields.ts';
import { stillFitting } from './remembered.ts';
import { problemsWith, toSend } from './values.ts';

const fields = fieldsOf({
	params: {
		properties: {
			quality: { type: 'integer', minimum: 1, maximum: 100, default: 70 },
			grayscale: { type: 'boolean', default: false },
			mode: { type: 'string', enum: ['skip', 'redo'], default: 'skip' },
			languages: { type: 'array', items: { enum: ['eng', 'deu'] }, default: ['eng'], minItems: 1 },
			pages: { anyOf: [{ type: 'string', pattern: '^\\d+$' }, { type: 'null' }], default: null },
			password: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null, writeOnly: true },
		},
	},
});

describe('what is sent', () => {
	test('is what differs from the standards', () => {
		const values = { quality: 50, grayscale: false, languages: ['eng'], mode: 'redo' };
		expect(toSend(fields, values)).toEqual({ params: { quality: 50, mode: 'redo' }, secrets: {} });
	});

	test('has secrets apart', () => {
		expect(toSend(fields, { password: 'x' })).toEqual({ params: {}, secrets: { password: 'x' } });
	});
});

describe('what is wrong', () => {
	test('is said of each field', () => {
		expect(problemsWith(fields, { quality: 0, languages: [], pages: 'two' })).toEqual({
			quality: 'At least 1.',
			languages: 'Choose at least one.',
			pages: 'This is not written as it should be: see below.',
		});
		expect(problemsWith(fields, { quality: 101 })).toEqual({ quality: 'At most 100.' });
		expect(problemsWith(fields, { quality: 1.5 })).toEqual({ quality: 'Type a whole number.' });
		expect(problemsWith(fields, { quality: Number.NaN })).toEqual({ quality: 'Type a number.' });
	});

	test('is not what was left out', () => {
		expect(problemsWith(fields, {})).toEqual({});
	});
});

describe('what is remembered', () => {
	test('comes back as it was', () => {
		const kept = { quality: 50, grayscale: true, mode: 'redo', languages: ['deu', 'eng'], pages: '3' };
		expect(stillFitting(fields, kept)).toEqual(kept);
	});

	test('is forgotten where it does not fit any more', () => {
		const kept = {
			quality: 500,
			grayscale: 'yes',
			mode: 'gone',
			languages: ['fra'],
			other: 1,
			password: 'x',
		};
		expect(stillFitting(fields, kept)).toEqual({});
		expect(stillFitting(fields, null)).toEqual({});
	});
});
