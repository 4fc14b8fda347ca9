import qs from 'qs';
import { z } from 'zod';
import { invalidRequest, type StripeError } from '../errors.ts';

/** Brackets as Stripe's: `line_items[0][price]=…&metadata[user]=…`. */
export function parseForm(text: string): Record<string, unknown> {
	return qs.parse(text, { arrayLimit: 1000, depth: 10, parameterLimit: 5000, plainObjects: true });
}

/*
 * The values of a form are text; these read what Stripe's parameters stand for.
 */
export const text = z.string().min(1).max(5000);
export const flag = z.enum(['true', 'false'], { error: 'boolean' }).transform((value) => value === 'true');
export const integer = z
	.string()
	.regex(/^-?\d{1,15}$/, { error: 'integer' })
	.transform(Number);
export const webUrl = z.url({ protocol: /^https?$/, error: 'url' }).max(5000);
/** Text that an empty string removes. */
export const clearableText = z
	.string()
	.max(5000)
	.transform((value) => (value === '' ? null : value));
/** An empty string removes all keys, a key with an empty string that one. */
export const metadata = z.union([z.literal(''), z.record(z.string().max(40), z.string().max(500))]);
export const expand = z.array(z.string()).max(20).optional();

export function mergeMetadata(
	old: Record<string, string> | null,
	given: z.infer<typeof metadata> | undefined,
): Record<string, string> {
	if (given === '') return {};
	const merged = { ...old, ...given };
	return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** @throws StripeError as Stripe words it, for the first parameter that is wrong */
export function readParameters<T>(schema: z.ZodType<T>, form: Record<string, unknown>): T {
	const parsed = schema.safeParse(form);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw issue === undefined ? invalidRequest('Invalid request.') : refusal(issue, form);
}

function refusal(issue: z.core.$ZodIssue, form: Record<string, unknown>): StripeError {
	const value = valueAt(form, issue.path);
	const refuse = (message: string, param: string, code?: string): StripeError =>
		invalidRequest(message, { beforeExecution: true, param, ...(code === undefined ? {} : { code }) });
	if (issue.code === 'unrecognized_keys') {
		const param = bracketed([...issue.path, issue.keys[0] ?? '']);
		return refuse(
			`Received unknown parameter: ${param}. It may be one of Stripe's that the local Stripe does not have.`,
			param,
			'parameter_unknown',
		);
	}
	const param = bracketed(issue.path);
	if (value === undefined) return refuse(`Missing required param: ${param}.`, param, 'parameter_missing');
	const shown = typeof value === 'string' ? value : JSON.stringify(value);
	if (value === '') {
		const message = `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
		return refuse(message, param, 'parameter_invalid_empty');
	}
	if (issue.message === 'integer')
		return refuse(`Invalid integer: ${shown}`, param, 'parameter_invalid_integer');
	if (issue.message === 'boolean') return refuse(`Invalid boolean: ${shown}`, param);
	if (issue.message === 'url') return refuse('Not a valid URL', param, 'url_invalid');
	if (issue.code === 'invalid_value') {
		return refuse(`Invalid ${param}: must be one of ${issue.values.join(', ')}`, param);
	}
	return refuse(`Invalid ${param}: ${shown}`, param);
}

function bracketed(path: readonly PropertyKey[]): string {
	const [first = '', ...rest] = path.map(String);
	return first + rest.map((key) => `[${key}]`).join('');
}

function valueAt(form: unknown, path: readonly PropertyKey[]): unknown {
	return path.reduce((value: unknown, key) => {
		if (typeof value !== 'object' || value === null) return undefined;
		return (value as Record<PropertyKey, unknown>)[key];
	}, form);
}
