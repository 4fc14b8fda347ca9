import { InvalidArgumentError } from 'commander';
import { type ParamSchema, typedSchema } from './param-schema.ts';

/** Parses a text as the value of a param. The API checks everything else, such as patterns. */
export function parseParam(text: string, paramSchema: ParamSchema): unknown {
	const schema = typedSchema(paramSchema);
	if (schema.enum) return parseChoice(text, schema.enum);
	switch (schema.type) {
		case 'boolean':
			return parseChoice(text, [true, false]);
		case 'integer':
		case 'number':
			return parseNumber(text, schema);
		case 'string':
			return text;
		case 'array':
			return text.split(',').map((item) => parseParam(item.trim(), schema.items ?? {}));
		default:
			return parseAnything(text);
	}
}

function parseChoice(text: string, choices: unknown[]): unknown {
	const found = choices.find((choice) => String(choice) === text);
	if (found === undefined)
		throw new InvalidArgumentError(`Must be one of ${choices.map(String).join(', ')}.`);
	return found;
}

function parseNumber(text: string, { type, minimum, maximum }: ParamSchema): number {
	const number = text.trim() === '' ? Number.NaN : Number(text);
	const fits = type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number);
	if (!fits)
		throw new InvalidArgumentError(type === 'integer' ? 'Must be a whole number.' : 'Must be a number.');
	if (minimum !== undefined && number < minimum)
		throw new InvalidArgumentError(`Must be at least ${minimum}.`);
	if (maximum !== undefined && number > maximum)
		throw new InvalidArgumentError(`Must be at most ${maximum}.`);
	return number;
}

/** Parses JSON, and returns other text unchanged. */
function parseAnything(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
