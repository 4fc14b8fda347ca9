import { type ApiDescription, resolve, type Schema } from '../api-description.ts';

/** A value from an earlier response or mail, such as an id or the token of an email link. */
export class Variable {
	readonly name: string;

	constructor(name: string) {
		this.name = name;
	}
}

export type Value = Variable | string | number | boolean | null | Value[] | { [name: string]: Value };

const ID = /^\^(fil|job|ses|key|whk|dlv)_/;
const ID_VARIABLES: Record<string, string> = {
	fil: 'FILE_ID',
	job: 'JOB_ID',
	ses: 'SESSION_ID',
	key: 'KEY_ID',
	whk: 'WEBHOOK_ID',
	dlv: 'DELIVERY_ID',
};
const FIELD_VARIABLES: Record<string, string> = { token: 'MAIL_TOKEN', etag: 'ETAG' };

/** Returns a valid value: the schema's example, else one with only the required fields. */
export function exampleOf(schemaOrRef: Schema, description: ApiDescription, name = ''): Value {
	const schema = resolve(schemaOrRef, description);
	const variable = variableOf(schema, name);
	if (variable !== undefined) return new Variable(variable);
	const stated = [...(schema.examples ?? []), schema.const, ...(schema.enum ?? [])];
	const [value] = stated.filter((one) => one !== undefined);
	if (value !== undefined) return value as Value;
	switch (schema.type) {
		case 'object':
			return exampleObject(schema, description);
		case 'array':
			return [exampleOf(schema.items ?? {}, description)];
		case 'integer':
		case 'number':
			return schema.minimum ?? 1;
		case 'boolean':
			return true;
		default:
			return '…';
	}
}

function variableOf({ pattern = '' }: Schema, name: string): string | undefined {
	const [, id] = ID.exec(pattern) ?? [];
	return id === undefined ? FIELD_VARIABLES[name] : ID_VARIABLES[id];
}

/** Returns the required fields and those with an example. */
function exampleObject(schema: Schema, description: ApiDescription): Value {
	const shown = Object.entries(schema.properties ?? {}).filter(
		([name, property]) =>
			schema.required?.includes(name) || resolve(property, description).examples !== undefined,
	);
	return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, description, name)]));
}
