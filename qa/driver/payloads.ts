import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Reads a YAML file of hostile texts, in which `{9 × x}` stands for nine times "x", and `{U+D800}` for half a surrogate pair. */
export function readPayloads<T>(file: URL): T {
	return parse(readFileSync(file, 'utf8'), (_, value) => (typeof value === 'string' ? expand(value) : value));
}

function expand(text: string): string {
	return text
		.replaceAll(/\{U\+(D[89A-F]..)\}/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
		.replaceAll(/\{(\d+) × (.+?)\}/gu, (_, times: string, unit: string) => unit.repeat(Number(times)));
}
