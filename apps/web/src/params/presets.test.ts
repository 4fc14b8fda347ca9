import { describe, expect, test } from '@jest/globals';
import { type Field, fieldsOf } from './fields.ts';
import { foldFields, presetIn } from './presets.ts';

const number = { type: 'integer', default: 70 };
const fields = fieldsOf({
	params: {
		properties: {
			quality: number,
			dpi: number,
			gray: { type: 'boolean', default: false },
			size: number,
			password: { type: 'string', writeOnly: true },
		},
	},
});
const preset = (name: string, quality: number) => ({ name, title: name, summary: '', params: { quality } });
const tool = { presets: [preset('smaller', 40), preset('balanced', 70)] };
const namesOf = (list: readonly Field[]) => list.map(({ name }) => name);

describe('presetIn', () => {
	test('returns the preset of the defaults, of set values, and none for other values', () => {
		expect(presetIn(tool, fields, {})?.name).toBe('balanced');
		expect(presetIn(tool, fields, { quality: 40, gray: true })?.name).toBe('smaller');
		expect(presetIn(tool, fields, { quality: 41 })).toBeUndefined();
	});

	test('returns none for a tool without presets', () => {
		expect(presetIn({}, fields, {})).toBeUndefined();
	});
});

describe('foldFields', () => {
	test('folds what presets set, and shows two other fields beside the presets', () => {
		const { visible, folded } = foldFields(tool, fields);
		expect(namesOf(visible)).toEqual(['dpi', 'gray']);
		expect(namesOf(folded)).toEqual(['quality', 'size', 'password']);
	});

	test('shows three fields without presets, and no secrets', () => {
		expect(namesOf(foldFields({}, fields).visible)).toEqual(['quality', 'dpi', 'gray']);
	});
});
