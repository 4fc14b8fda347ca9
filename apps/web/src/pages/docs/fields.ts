import { type ApiDescription, resolve, type Schema } from './api-description.ts';

/** A field of a body, an answer or a tool's params, in words. */
export interface Field {
	name: string;
	/** "integer, 1 to 100", "list of strings", "string or null". */
	type: string;
	isRequired: boolean;
	description: string;
	/** What an enum allows, with what it means where that is said. */
	choices: { value: string; meaning: string | undefined }[];
	/** As JSON. */
	byDefault: string | undefined;
	/** Of an object, or of the objects in a list. */
	fields: Field[];
}

/** The fields of an object; none for anything else. */
export function fieldsOf(given: Schema, description: ApiDescription): Field[] {
	const schema = resolve(given, description);
	return Object.entries(schema.properties ?? {}).map(([name, property]) =>
		fieldOf(name, property, schema.required?.includes(name) ?? false, description),
	);
}

export function fieldOf(
	name: string,
	given: Schema,
	isRequired: boolean,
	description: ApiDescription,
): Field {
	const schema = resolve(given, description);
	const inner = schema.items ? resolve(schema.items, description) : schema;
	const meanings = schema['x-enumDescriptions'] ?? {};
	return {
		name,
		type: typeInWords(schema, description),
		isRequired,
		description: schema.description ?? '',
		choices: (schema.enum ?? []).map((value) => ({ value: String(value), meaning: meanings[String(value)] })),
		byDefault: schema.default === undefined ? undefined : JSON.stringify(schema.default),
		fields: fieldsOf(inner, description),
	};
}

const ID = /^\^(fil|job|ses|usr)_/;
const ID_WORDS: Record<string, string> = {
	fil: 'id of a file',
	job: 'id of a job',
	ses: 'id of a session',
	usr: 'id of a user',
};

function typeInWords(given: Schema, description: ApiDescription): string {
	const schema = resolve(given, description);
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.anyOf) return schema.anyOf.map((one) => typeInWords(one, description)).join(' or ');
	const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
	return types.map((type) => oneTypeInWords(type, schema, description)).join(' or ');
}

function oneTypeInWords(type: string, schema: Schema, description: ApiDescription): string {
	if (type === 'array') return listInWords(schema, description);
	if (type === 'object') return objectInWords(schema, description);
	if (type === 'integer' || type === 'number') return type + range(schema);
	if (type !== 'string') return type;
	const [, id] = ID.exec(schema.pattern ?? '') ?? [];
	if (id) return ID_WORDS[id] ?? 'id';
	if (schema.format === 'date-time') return 'time';
	return `string${length(schema)}`;
}

function listInWords({ items = {}, minItems, maxItems }: Schema, description: ApiDescription): string {
	const of = plural(items, description);
	if (minItems === undefined || maxItems === undefined) return `list of ${of}`;
	return `list of ${format(minItems)} to ${format(maxItems)} ${of}`;
}

function objectInWords({ properties, additionalProperties }: Schema, description: ApiDescription): string {
	if (properties || typeof additionalProperties !== 'object' || !isTyped(additionalProperties))
		return 'object';
	return `object of ${plural(additionalProperties, description)}`;
}

const isTyped = (schema: Schema) => schema.type !== undefined || schema.$ref !== undefined;

function plural(schema: Schema, description: ApiDescription): string {
	const words = typeInWords(schema, description);
	return words.startsWith('list') ? words.replace('list', 'lists') : words.replace(/^(\w+)/, '$1s');
}

/** Bounds that every integer of JSON has say nothing. */
function range({ minimum, maximum }: Schema): string {
	const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
	const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
	return bounds(low, high, '');
}

const length = ({ minLength, maxLength }: Schema) => bounds(minLength, maxLength, ' characters');

function bounds(low: number | undefined, high: number | undefined, unit: string): string {
	if (low !== undefined && high !== undefined) return `, ${format(low)} to ${format(high)}${unit}`;
	if (low !== undefined) return `, at least ${format(low)}${unit}`;
	return high === undefined ? '' : `, at most ${format(high)}${unit}`;
}

const format = (value: number) => value.toLocaleString('en');
