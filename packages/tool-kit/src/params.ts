import { type Parsed, parse } from '@creatorr/contracts/validation';
import { z } from 'zod';

type ParamSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema of params as a client sends them: what has a default may be left out. */
export function paramsJsonSchema(params: z.ZodType): Record<string, unknown> {
	const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input' });
	return schema;
}

/** JSON Schema of the fields that a tool adds to a job's result. */
export function resultJsonSchema(result: z.ZodType = z.object({})): Record<string, unknown> {
	const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(result, { io: 'output' });
	return schema;
}

/** The JSON Schema of each param, by name. Throws when params are not an object. */
export function acceptedParams(params: z.ZodType): Record<string, ParamSchema> {
	const schema = z.toJSONSchema(params, { io: 'input' });
	if (!schema.properties) throw new Error('params must be an object');
	return schema.properties as Record<string, ParamSchema>;
}

const MAX_SECRET_CHARACTERS = 1024;

/** A param such as a password: null by default, encrypted while it is kept, and never shown again. */
export function secretParam(description: string) {
	return z
		.string()
		.min(1)
		.max(MAX_SECRET_CHARACTERS)
		.nullable()
		.default(null)
		.meta({ description, format: 'password', writeOnly: true });
}

/** The names of the params made by {@link secretParam}. */
export function secretNames(params: z.ZodType): string[] {
	return Object.entries(acceptedParams(params)).flatMap(([name, schema]) => (schema.writeOnly ? [name] : []));
}

/**
 * Completes params with their defaults, or says what is wrong with each; the first unknown one comes with what is accepted.
 * Parsing completed params again changes nothing.
 */
export function parseParams<P extends z.ZodType>(schema: P, raw: unknown): Parsed<z.output<P>> {
	return parse(schema, raw, {
		prefix: ['params'],
		describeUnknown(name, index) {
			const message = `unknown param ${name}`;
			return index === 0 ? `${message}; ${acceptedNames(schema)}` : message;
		},
	});
}

function acceptedNames(schema: z.ZodType): string {
	const names = Object.keys(acceptedParams(schema));
	return names.length === 0 ? 'this tool takes no params' : `accepted: ${names.join(', ')}`;
}
