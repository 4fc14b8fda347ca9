/** As much of JSON Schema as the params of tools are described with. */
export interface ParamSchema {
	type?: string;
	format?: string;
	enum?: unknown[];
	anyOf?: ParamSchema[];
	items?: ParamSchema;
	minimum?: number;
	maximum?: number;
	default?: unknown;
	description?: string;
}

/** The schema of what a person would type: null is said by leaving the option out. */
export function typedSchema(schema: ParamSchema): ParamSchema {
	const variants = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [];
	const [only] = variants;
	return only && variants.length === 1 ? typedSchema(only) : schema;
}

/** What is not to be seen. */
export function isSecret({ format }: ParamSchema): boolean {
	return format === 'password';
}

/** The params of a tool, by name. */
export function paramsOf(toolParams: Record<string, unknown>): Map<string, ParamSchema> {
	return new Map(Object.entries((toolParams.properties ?? {}) as Record<string, ParamSchema>));
}
