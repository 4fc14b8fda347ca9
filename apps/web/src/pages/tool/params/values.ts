import type { Field } from './fields.ts';

/** By the fields' names; what is not there has its standard. */
export type Values = Readonly<Record<string, unknown>>;

export function valueIn(field: Field, values: Values): unknown {
	return Object.hasOwn(values, field.name) ? values[field.name] : field.standard;
}

function isSame(one: unknown, other: unknown): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * What has to be sent: only what differs from the standard, as some standards depend on other params. Secrets come apart, as
 * they are kept nowhere.
 */
export function toSend(
	fields: readonly Field[],
	values: Values,
): { params: Record<string, unknown>; secrets: Record<string, string> } {
	const params: Record<string, unknown> = {};
	const secrets: Record<string, string> = {};
	for (const field of fields) {
		const value = valueIn(field, values);
		if (isSame(value, field.standard)) continue;
		if (field.kind === 'secret') secrets[field.name] = String(value);
		else params[field.name] = value;
	}
	return { params, secrets };
}

/** What is wrong with a value, before anything is sent; undefined where nothing is. */
export function problemWith(field: Field, value: unknown): string | undefined {
	if (value === null) return undefined;
	switch (field.kind) {
		case 'number':
			return problemWithNumber(field, value);
		case 'list':
			if (!Array.isArray(value) || value.length >= field.min) return undefined;
			return field.min === 1 ? 'Choose at least one.' : `Choose at least ${field.min}.`;
		case 'text':
			if (field.pattern === undefined || new RegExp(field.pattern, 'u').test(String(value))) return undefined;
			return 'This is not written as it should be: see below.';
		default:
			return undefined;
	}
}

function problemWithNumber(field: Extract<Field, { kind: 'number' }>, value: unknown): string | undefined {
	const { min, max, isInteger } = field;
	if (typeof value !== 'number' || !Number.isFinite(value)) return 'Type a number.';
	if (isInteger && !Number.isInteger(value)) return 'Type a whole number.';
	if (min !== undefined && value < min) return `At least ${min.toLocaleString('en')}.`;
	if (max !== undefined && value > max) return `At most ${max.toLocaleString('en')}.`;
	return undefined;
}

export function problemsWith(fields: readonly Field[], values: Values): Record<string, string> {
	const found: Record<string, string> = {};
	for (const field of fields) {
		const problem = problemWith(field, valueIn(field, values));
		if (problem !== undefined) found[field.name] = problem;
	}
	return found;
}
