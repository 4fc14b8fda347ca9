/** The part of JSON Schema that params of tools use. */
export interface ParamSchema {
	type?: string;
	format?: string;
	enum?: unknown[];
	anyOf?: ParamSchema[];
	items?: ParamSchema;
	minimum?: number;
	maximum?: number;
	default?: unknown;
	title?: string;
	description?: string;
	/** Titles and descriptions of an enum's values. */
	'x-enumTitles'?: Record<string, string>;
	'x-enumDescriptions'?: Record<string, string>;
	/** What null means. */
	'x-nullTitle'?: string;
}

/** Returns the schema without null: users set null by leaving the option out. */
export function typedSchema(schema: ParamSchema): ParamSchema {
	const variants = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
	const [only] = variants;
	return only && variants.length === 1 ? typedSchema(only) : schema;
}

/** Whether the param is secret. */
export function isSecret({ format }: ParamSchema): boolean {
	return format === 'password';
}

/** Returns the params of a tool by name. */
export function paramsOf(toolParams: Record<string, unknown>): Map<string, ParamSchema> {
	return new Map(Object.entries((toolParams.properties ?? {}) as Record<string, ParamSchema>));
}
