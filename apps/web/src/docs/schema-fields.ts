import { type ApiDescription, resolve, type Schema } from './api-description.ts';

/** A described field of a request body, a response or a tool's params. */
export interface Field {
	name: string;
	/** For example "integer, 1 to 100", "list of strings", "string or null". */
	type: string;
	isRequired: boolean;
	description: string;
	/** The values of an enum, or of the items of a list, with their meanings. */
	choices: { value: string; meaning: string | undefined }[];
	/** As JSON. */
	defaultJson: string | undefined;
	/** What null means. */
	nullTitle: string | undefined;
	/** The fields of an object, or of the items of a list. */
	fields: Field[];
}

/** Returns the fields of an object schema; an empty list for other schemas. */
export function fieldsOf(schemaOrRef: Schema, description: ApiDescription): Field[] {
	const schema = resolve(schemaOrRef, description);
	return Object.entries(schema.properties ?? {}).map(([name, property]) =>
		fieldOf(name, property, schema.required?.includes(name) ?? false, description),
	);
}

export function fieldOf(
	name: string,
	schemaOrRef: Schema,
	isRequired: boolean,
	description: ApiDescription,
): Field {
	const schema = resolve(schemaOrRef, description);
	const inner = schema.items ? resolve(schema.items, description) : schema;
	const { 'x-enumTitles': titles = {}, 'x-enumDescriptions': descriptions = {} } = inner;
	return {
		name,
		type: typeText(schema, description),
		isRequired,
		description: join(': ', schema.title, schema.description),
		choices: (inner.enum ?? Object.keys(titles)).map(String).map((value) => ({
			value,
			meaning: join('. ', titles[value], descriptions[value]) || undefined,
		})),
		defaultJson: schema.default === undefined ? undefined : JSON.stringify(schema.default),
		nullTitle: schema['x-nullTitle'],
		fields: fieldsOf(inner, description),
	};
}

const join = (separator: string, ...texts: (string | undefined)[]) => texts.filter(Boolean).join(separator);

const ID = /^\^(fil|job|ses|usr|key|whk|dlv|evt)_/;
const ID_NAMES: Record<string, string> = {
	fil: 'file ID',
	job: 'job ID',
	ses: 'session ID',
	usr: 'user ID',
	key: 'key ID',
	whk: 'webhook ID',
	dlv: 'delivery ID',
	evt: 'event ID',
};

function typeText(schemaOrRef: Schema, description: ApiDescription): string {
	const schema = resolve(schemaOrRef, description);
	if (schema.const !== undefined) return JSON.stringify(schema.const);
	if (schema.anyOf) return schema.anyOf.map((one) => typeText(one, description)).join(' or ');
	const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
	return types.map((type) => singleTypeText(type, schema, description)).join(' or ');
}

function singleTypeText(type: string, schema: Schema, description: ApiDescription): string {
	if (type === 'array') return listText(schema, description);
	if (type === 'object') return objectText(schema, description);
	if (type === 'integer' || type === 'number') return type + range(schema);
	if (type !== 'string') return type;
	const [, id] = ID.exec(schema.pattern ?? '') ?? [];
	if (id) return ID_NAMES[id] ?? 'id';
	if (schema.format === 'date-time') return 'time';
	return `string${length(schema)}`;
}

function listText({ items = {}, minItems, maxItems }: Schema, description: ApiDescription): string {
	const of = plural(items, description);
	if (minItems === undefined || maxItems === undefined) return `list of ${of}`;
	return `list of ${format(minItems)} to ${format(maxItems)} ${of}`;
}

function objectText({ properties, additionalProperties }: Schema, description: ApiDescription): string {
	if (properties || typeof additionalProperties !== 'object' || !isTyped(additionalProperties))
		return 'object';
	return `object of ${plural(additionalProperties, description)}`;
}

const isTyped = (schema: Schema) => schema.type !== undefined || schema.$ref !== undefined;

function plural(schema: Schema, description: ApiDescription): string {
	const type = typeText(schema, description);
	return type.startsWith('list') ? type.replace('list', 'lists') : type.replace(/^(\w+)/, '$1s');
}

/** Describes the bounds, without those of every safe integer. */
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
