import type { Tool } from '@creatorr/client';
import type { Field } from './fields.ts';
import { type Values, valueIn } from './values.ts';

export type Preset = NonNullable<Tool['presets']>[number];

/** Returns the preset whose params the form has; undefined if the user has set others. */
export function presetIn(
	{ presets = [] }: Pick<Tool, 'presets'>,
	fields: readonly Field[],
	values: Values,
): Preset | undefined {
	return presets.find(({ params }) =>
		fields.every(
			(field) => !Object.hasOwn(params, field.name) || valueIn(field, values) === params[field.name],
		),
	);
}

/** Presets and the first fields, which are the most important ones, are visible. */
const VISIBLE = 3;

/** Returns which fields are visible and which are folded: secrets, all but the first, and those that presets set. */
export function foldFields(
	{ presets = [] }: Pick<Tool, 'presets'>,
	fields: readonly Field[],
): { visible: Field[]; folded: Field[] } {
	const isPreset = ({ name }: Field) => presets.some(({ params }) => Object.hasOwn(params, name));
	const plain = fields.filter((field) => field.kind !== 'secret' && !isPreset(field));
	const visible = plain.slice(0, presets.length > 0 ? VISIBLE - 1 : VISIBLE);
	return { visible, folded: fields.filter((field) => !visible.includes(field)) };
}
