import type { Field } from './fields.ts';

/** By param name. A missing value has its default. */
export type Values = Readonly<Record<string, unknown>>;

export function valueIn(field: Field, values: Values): unknown {
	return Object.hasOwn(values, field.name) ? values[field.name] : field.defaultValue;
}

function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Returns the params that differ from their defaults, because some defaults depend on other params. Secrets are
 * separate, because they are never stored.
 */
export function paramsToSend(
	fields: readonly Field[],
	values: Values,
): { params: Record<string, unknown>; secrets: Record<string, string> } {
	const params: Record<string, unknown> = {};
	const secrets: Record<string, string> = {};
	for (const field of fields) {
		const value = valueIn(field, values);
		if (isSame(value, field.defaultValue)) continue;
		if (field.kind === 'secret') secrets[field.name] = String(value);
		else params[field.name] = value;
	}
	return { params, secrets };
}

/** Returns what is wrong with a value, if anything. */
export function validate(field: Field, value: unknown): string | undefined {
	if (value === null) return undefined;
	switch (field.kind) {
		case 'number':
			return validateNumber(field, value);
		case 'list':
			if (!Array.isArray(value) || value.length >= field.min) return undefined;
			return field.min === 1 ? 'Select at least one.' : `Select at least ${field.min}.`;
		case 'text':
			if (field.pattern === undefined || new RegExp(field.pattern, 'u').test(String(value))) return undefined;
			return `Use ${field.patternTitle ?? 'the format that the text below shows'}.`;
		default:
			return undefined;
	}
}

function validateNumber(field: Extract<Field, { kind: 'number' }>, value: unknown): string | undefined {
	const { min, max, isInteger } = field;
	if (typeof value !== 'number' || !Number.isFinite(value)) return 'Enter a number.';
	if (isInteger && !Number.isInteger(value)) return 'Enter a whole number.';
	if (min !== undefined && value < min) return `Must be at least ${min.toLocaleString('en')}.`;
	if (max !== undefined && value > max) return `Must be at most ${max.toLocaleString('en')}.`;
	return undefined;
}

export function validateAll(fields: readonly Field[], values: Values): Record<string, string> {
	const found: Record<string, string> = {};
	for (const field of fields) {
		const problem = validate(field, valueIn(field, values));
		if (problem !== undefined) found[field.name] = problem;
	}
	return found;
}
