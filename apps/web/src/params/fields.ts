import type { Tool } from '@creatorr/client';
import { helpText, toLabel, withLabels } from './labels.ts';

interface Base {
	/** The param's name in the API. */
	name: string;
	label: string;
	help: string;
	/** The value that the tool uses when none is sent. */
	defaultValue: unknown;
}

interface Option {
	value: string;
	label: string;
	hint?: string | undefined;
}

export interface NumberField extends Base {
	kind: 'number';
	isInteger: boolean;
	min?: number | undefined;
	max?: number | undefined;
	/** What null means, such as "No limit"; undefined if a number is needed. */
	nullLabel: string | undefined;
	unit?: 'bytes' | undefined;
}

export interface SwitchField extends Base {
	kind: 'switch';
}

export interface ChoiceField extends Base {
	kind: 'choice';
	options: readonly Option[];
	/** The API takes the values as numbers. */
	isNumber?: true | undefined;
}

/** An ordered selection of what the workers offer. */
export interface ListField extends Base {
	kind: 'list';
	options: readonly Option[];
	min: number;
	max: number;
}

export interface TextField extends Base {
	kind: 'text';
	/** What an empty input means, such as "All pages"; undefined if a text is needed. */
	nullLabel: string | undefined;
	maxLength?: number | undefined;
	pattern?: string | undefined;
	/** Names what matches the pattern, such as "page numbers such as 1-3,5". */
	patternTitle?: string | undefined;
}

/** Never stored or shown. */
export interface SecretField extends Base {
	kind: 'secret';
	maxLength?: number | undefined;
}

export type Field = NumberField | SwitchField | ChoiceField | ListField | TextField | SecretField;

/** The part of JSON Schema that tools use. */
interface Schema {
	type?: string | string[];
	title?: string;
	description?: string;
	default?: unknown;
	enum?: unknown[];
	anyOf?: Schema[];
	items?: Schema;
	properties?: Record<string, Schema>;
	minimum?: number;
	maximum?: number;
	minItems?: number;
	maxItems?: number;
	maxLength?: number;
	pattern?: string;
	format?: string;
	writeOnly?: boolean;
	/** Titles of the values of an enum. */
	'x-enumTitles'?: Record<string, string>;
	'x-enumDescriptions'?: Record<string, string>;
	/** What null means. */
	'x-nullTitle'?: string;
	/** Names what matches the pattern. */
	'x-patternTitle'?: string;
}

/** Returns the form fields of a tool's params, in the order of its schema, without params that no input fits. */
export function fieldsOf({ params, capabilities = {} }: Pick<Tool, 'params' | 'capabilities'>): Field[] {
	const { properties = {} } = params as Schema;
	const fields = Object.entries(properties).flatMap(
		([name, schema]) => fieldOf(name, schema, capabilities[name]) ?? [],
	);
	return fields.map((field) => ({ ...field, help: withLabels(field.help, fields) }));
}

function fieldOf(name: string, nullableSchema: Schema, available: readonly string[] = []): Field | undefined {
	const { schema, isNullable } = withoutNull(nullableSchema);
	const about = baseOf(name, schema);
	const nullLabel = isNullable ? (schema['x-nullTitle'] ?? 'Automatic') : undefined;
	if (schema.writeOnly || schema.format === 'password') {
		return { ...about, kind: 'secret', maxLength: schema.maxLength };
	}
	if (schema.enum) return { ...about, kind: 'choice', options: options(schema) };
	switch (schema.type) {
		case 'integer':
		case 'number':
			if (schema['x-enumTitles'])
				return { ...about, kind: 'choice', options: options(schema), isNumber: true };
			return {
				...about,
				kind: 'number',
				isInteger: schema.type === 'integer',
				min: schema.minimum,
				max: schema.maximum,
				nullLabel,
				unit: name.endsWith('_bytes') ? 'bytes' : undefined,
			};
		case 'boolean':
			return { ...about, kind: 'switch' };
		case 'string':
			return {
				...about,
				kind: 'text',
				nullLabel,
				maxLength: schema.maxLength,
				pattern: schema.pattern,
				patternTitle: schema['x-patternTitle'],
			};
		case 'array':
			return listField(about, schema, available);
	}
	return undefined;
}

/** Turns null in `anyOf` or `type` into a flag. */
function withoutNull(nullableSchema: Schema): { schema: Schema; isNullable: boolean } {
	const others = nullableSchema.anyOf?.filter(({ type }) => type !== 'null');
	const [other] = others ?? [];
	if (other && nullableSchema.anyOf && others?.length === 1) {
		return { schema: { ...nullableSchema, ...other }, isNullable: nullableSchema.anyOf.length > 1 };
	}
	if (!Array.isArray(nullableSchema.type)) return { schema: nullableSchema, isNullable: false };
	const [type = 'null'] = nullableSchema.type.filter((one) => one !== 'null');
	return { schema: { ...nullableSchema, type }, isNullable: nullableSchema.type.includes('null') };
}

function baseOf(name: string, schema: Schema): Base {
	return {
		name,
		label: schema.title ?? toLabel(name),
		help: helpText(schema.description ?? ''),
		defaultValue: schema.default ?? null,
	};
}

function options(schema: Schema): Option[] {
	const { 'x-enumTitles': titles, 'x-enumDescriptions': hints } = schema;
	const values = schema.enum ?? Object.keys(titles ?? {});
	return values.map(String).map((value) => ({
		value,
		label: titles?.[value] ?? toLabel(value),
		hint: hints?.[value],
	}));
}

function listField(about: Base, schema: Schema, available: readonly string[]): ListField | undefined {
	const values = schema.items?.enum?.map(String) ?? available;
	const defaultValue = Array.isArray(about.defaultValue) ? about.defaultValue.map(String) : [];
	const known = [...new Set([...defaultValue, ...values])];
	if (known.length === 0) return undefined;
	return {
		...about,
		kind: 'list',
		options: known.map((value) => ({
			value,
			label: about.name === 'languages' ? languageName(value) : value,
		})),
		min: schema.minItems ?? 0,
		max: schema.maxItems ?? known.length,
	};
}

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });

/** Names a Tesseract language code: three letters, some with a script or variant: `deu`, `chi_sim`. */
export function languageName(code: string): string {
	const [language = code, ...kind] = code.split('_');
	let name: string | undefined;
	try {
		name = languageNames.of(language);
	} catch {
		// not a language code
	}
	if (!name) return code;
	return kind.length > 0 ? `${name} (${kind.join(' ')})` : name;
}
