import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { z } from 'zod';

/**
 * Reads a YAML file of hostile texts, in which `{9 × x}` stands for nine times "x", and `{U+D800}` for half a surrogate pair. Throws
 * if it doesn't match the schema.
 */
export function readPayloads<T>(file: URL, schema: z.ZodType<T>): T {
	const expandTexts = (_: unknown, value: unknown) => (typeof value === 'string' ? expand(value) : value);
	return schema.parse(parse(readFileSync(file, 'utf8'), expandTexts));
}

function expand(text: string): string {
	return text
		.replaceAll(/\{U\+(D[89A-F]..)\}/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
		.replaceAll(/\{(\d+) × (.+?)\}/gu, (_, times: string, unit: string) => unit.repeat(Number(times)));
}
