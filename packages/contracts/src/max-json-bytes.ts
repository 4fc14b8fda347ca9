/** The part of JSON Schema that zod generates for us. */
interface Schema {
	$ref?: string;
	$defs?: Record<string, Schema>;
	type?: string | string[];
	const?: unknown;
	enum?: unknown[];
	format?: string;
	pattern?: string;
	maxLength?: number;
	maxItems?: number;
	items?: Schema;
	properties?: Record<string, Schema>;
	additionalProperties?: Schema | boolean;
	anyOf?: Schema[];
	oneOf?: Schema[];
	/** Bound in bytes of JSON for a value that its schema can't bound. */
	'x-maxBytes'?: number;
}

/** A control character takes the most bytes: one UTF-16 unit becomes an escape of 6 bytes. */
const MAX_BYTES_PER_UNIT = 6;
const MAX_NUMBER_BYTES = 24;
const TIME_BYTES = 34;
/** A prefix of 3 letters, an underscore, a ULID, quotes. */
const ID_BYTES = 32;
const ID_PATTERN = /^\^[a-z]{3}_\[0-7\]/;

/**
 * Returns the maximum size of a value of this JSON Schema, in bytes of JSON. Throws an Error that names the JSONPath of the first
 * value without `maxLength`, `maxItems` or `x-maxBytes`.
 */
export function maxJsonBytes(root: object): number {
	const { $defs = {} } = root as Schema;

	function ofString(schema: Schema, path: string): number {
		if (schema.format === 'date-time') return TIME_BYTES;
		if (schema.pattern && ID_PATTERN.test(schema.pattern)) return ID_BYTES;
		if (schema.maxLength === undefined) throw new Error(`nothing bounds the text ${path}`);
		return schema.maxLength * MAX_BYTES_PER_UNIT + 2;
	}

	function ofObject({ properties = {}, additionalProperties }: Schema, path: string): number {
		const isOpen = additionalProperties !== undefined && additionalProperties !== false;
		if (isOpen) throw new Error(`nothing bounds the fields of ${path}`);
		const fields = Object.entries(properties).map(
			([name, field]) => name.length + 4 + of(field, `${path}.${name}`),
		);
		return fields.reduce((sum, bytes) => sum + bytes, 2);
	}

	function ofType(type: string | undefined, schema: Schema, path: string): number {
		switch (type) {
			case 'string':
				return ofString(schema, path);
			case 'object':
				return ofObject(schema, path);
			case 'array':
				if (schema.maxItems === undefined) throw new Error(`nothing bounds the list ${path}`);
				return 2 + schema.maxItems * (1 + of(schema.items ?? {}, `${path}[]`));
			case 'integer':
			case 'number':
			case 'boolean':
			case 'null':
				return MAX_NUMBER_BYTES;
			default:
				throw new Error(`nothing bounds ${path}`);
		}
	}

	function of(schema: Schema, path: string): number {
		if (schema['x-maxBytes'] !== undefined) return schema['x-maxBytes'];
		if (schema.$ref) return of($defs[schema.$ref.split('/').at(-1) ?? ''] ?? {}, path);
		const choices = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
		if (choices) return Math.max(...choices.map((value) => JSON.stringify(value).length));
		const either = schema.anyOf ?? schema.oneOf;
		if (either) return Math.max(...either.map((one) => of(one, path)));
		return Math.max(...[schema.type].flat().map((type) => ofType(type, schema, path)));
	}

	return of(root as Schema, '$');
}
