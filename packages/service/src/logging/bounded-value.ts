import { isDate, isNativeError } from 'node:util/types';

const MAX_DEPTH = 4;
const MAX_ENTRIES = 20;
const MAX_STRING_CHARACTERS = 2 * 1024;
const MAX_CHARACTERS = 8 * 1024;
const CUT = '…';
const SECRET_NAME = /passw|secret|token|authorization|cookie|api_?key/i;

/**
 * Returns what a log line may contain of a value that is not an Error: plain data, at most 4 levels deep, with 20 entries per object or array
 * and 8 KiB of text in total, before JSON escapes it. A long string keeps its end, because programs print the cause last. Dates and nested
 * Errors become text. Fields named like secrets are redacted.
 */
export function boundedValue(value: unknown): unknown {
	return bound(value, 0, { characters: MAX_CHARACTERS });
}

interface Budget {
	characters: number;
}

/** What JSON adds to an entry at most: quotes of name and text, colon, comma, brackets. */
const PUNCTUATION_CHARACTERS = 8;

function bound(value: unknown, depth: number, budget: Budget): unknown {
	if (isNativeError(value)) return boundText(`${value.name}: ${value.message}`, budget);
	if (isDate(value))
		return boundText(Number.isNaN(value.getTime()) ? String(value) : value.toISOString(), budget);
	if (typeof value !== 'object' || value === null) return boundLeaf(value, budget);
	if (depth === MAX_DEPTH) return boundText(CUT, budget);
	if (Array.isArray(value)) {
		return boundEntries(value, budget, (item) => bound(item, depth + 1, budget));
	}
	const entries = boundEntries(Object.entries(value), budget, ([name, item]) => [
		boundText(name, budget),
		SECRET_NAME.test(name) ? boundText('[redacted]', budget) : bound(item, depth + 1, budget),
	]);
	return Object.fromEntries(entries);
}

/** Leaves out entries beyond the budget. */
function boundEntries<T, R>(entries: readonly T[], budget: Budget, boundEntry: (entry: T) => R): R[] {
	const bounded: R[] = [];
	for (const entry of entries.slice(0, MAX_ENTRIES)) {
		if (budget.characters <= 0) break;
		budget.characters -= PUNCTUATION_CHARACTERS;
		bounded.push(boundEntry(entry));
	}
	return bounded;
}

function boundLeaf(value: unknown, budget: Budget): unknown {
	const text = boundText(String(value), budget);
	return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : text;
}

function boundText(text: string, budget: Budget): string {
	const most = Math.max(0, Math.min(MAX_STRING_CHARACTERS, budget.characters));
	budget.characters -= Math.min(text.length, most);
	if (text.length <= most) return text;
	return most === 0 ? CUT : CUT + text.slice(-most);
}
