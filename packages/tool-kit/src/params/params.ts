import { type Parsed, parse } from '@creatorr/contracts/validation';
import { z } from 'zod';

type ParamSchema = z.core.JSONSchema.BaseSchema;

/** Returns the JSON Schema of params as a client sends them: a param with a default may be left out. */
export function paramsJsonSchema(params: z.ZodType): Record<string, unknown> {
	const { $schema: _, ...schema } = z.toJSONSchema(params, { io: 'input' });
	return schema;
}

/** Returns the JSON Schema of the fields that a tool adds to a job's result. */
export function resultJsonSchema(result: z.ZodType = z.object({})): Record<string, unknown> {
	const { $schema: _, additionalProperties: __, ...schema } = z.toJSONSchema(result, { io: 'output' });
	return schema;
}

/** Returns the JSON Schema of each param, by name. Throws when params are not an object. */
export function acceptedParams(params: z.ZodType): Record<string, ParamSchema> {
	const schema = z.toJSONSchema(params, { io: 'input' });
	if (!schema.properties) throw new Error('params must be an object');
	return schema.properties as Record<string, ParamSchema>;
}

/**
 * Completes params with their defaults, or describes the problem of each; the first unknown param comes with the list of accepted
 * ones. Parsing completed params again changes nothing.
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
