const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LETTER_U = 0x75;

export interface JsonLimits {
	/** Objects, arrays, strings, numbers and literals. Field names don't count. */
	maxValues: number;
	/** Nesting of arrays and objects. */
	maxDepth: number;
}

/** Why JSON is refused before it is parsed. */
export type JsonProblem = 'values' | 'depth' | 'text';

const HEX_DIGITS = '0123456789abcdef';
/** Value of each ASCII hex digit by its byte; -1 for other bytes. */
const HEX_VALUES = Int8Array.from({ length: 256 }, (_, byte) =>
	HEX_DIGITS.indexOf(String.fromCharCode(byte).toLowerCase()),
);

/** Returns the UTF-16 unit of an escape such as `\u00e9` at `index`, or undefined. */
function unitAt(json: Uint8Array, index: number): number | undefined {
	if (json[index] !== BACKSLASH || json[index + 1] !== LETTER_U) return undefined;
	let unit = 0;
	for (let at = index + 2; at < index + 6; at += 1) {
		const value = HEX_VALUES[json[at] ?? 0] ?? -1;
		if (value < 0) return undefined;
		unit = unit * 16 + value;
	}
	return unit;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit = 0) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * Returns the length of the escape at `index`, or 0 for NUL or half a surrogate pair. UTF-8 text contains these only as escapes: JSON
 * forbids control characters, and UTF-8 surrogates.
 */
function escapeLength(json: Uint8Array, index: number): number {
	const unit = unitAt(json, index);
	if (unit === undefined) return 2;
	if (isHighSurrogate(unit)) return isLowSurrogate(unitAt(json, index + 6)) ? 12 : 0;
	return unit === 0 || isLowSurrogate(unit) ? 0 : 6;
}

/** Returns the index after the closing quote of a string that begins at `start`; its complement (`~`) if the text can't be stored. */
function afterString(json: Uint8Array, start: number): number {
	let index = start;
	let isStorable = true;
	while (index < json.length && json[index] !== QUOTE) {
		const length = json[index] === BACKSLASH ? escapeLength(json, index) : 1;
		if (length === 0) isStorable = false;
		// The digits of an escape that can't be stored are read as text.
		index += length || 2;
	}
	return isStorable ? index + 1 : ~(index + 1);
}

/**
 * Finds what must not reach `JSON.parse` in UTF-8 JSON text, without building anything: more values or levels than the limits, and text that
 * PostgreSQL can't store (NUL, half a surrogate pair). `text` implies that the limits are met.
 *
 * A value begins the text, or follows a comma or opening bracket, so commas and brackets outside strings bound the values. Invalid JSON may be
 * misread only after its first error, where `JSON.parse` stops too: it never builds more than was counted.
 */
export function findJsonProblem(json: Uint8Array, limits: JsonLimits): JsonProblem | undefined {
	let values = 1;
	let depth = 0;
	let index = 0;
	let isStorable = true;
	while (index < json.length) {
		const byte = json[index];
		index += 1;
		if (byte === QUOTE) {
			index = afterString(json, index);
			if (index < 0) {
				isStorable = false;
				index = ~index;
			}
		} else if (byte === COMMA) {
			values += 1;
		} else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
			values += 1;
			depth += 1;
			if (depth > limits.maxDepth) return 'depth';
		} else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
			depth -= 1;
		}
		if (values > limits.maxValues) return 'values';
	}
	return isStorable ? undefined : 'text';
}
