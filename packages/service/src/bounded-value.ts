const MAX_DEPTH = 4;
const MAX_ENTRIES = 20;
const MAX_STRING_CHARACTERS = 2 * 1024;
const MAX_CHARACTERS = 8 * 1024;
const CUT = '…';
const SECRET_NAME = /passw|secret|token|authorization|cookie|api_?key/i;

/**
 * Returns what a log line may hold of a value that is not an Error: plain data, at most 4 levels deep, 20 entries an object or
 * array and 8 KiB in total. A long string keeps its end, because programs print last what went wrong. Fields named like a
 * secret are redacted.
 */
export function boundedValue(value: unknown): unknown {
	return bound(value, 0, { characters: MAX_CHARACTERS });
}

interface Budget {
	characters: number;
}

function bound(value: unknown, depth: number, budget: Budget): unknown {
	if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
	if (typeof value !== 'object') return boundText(String(value), budget);
	if (depth === MAX_DEPTH || budget.characters <= 0) return CUT;
	if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => bound(item, depth + 1, budget));
	const entries = Object.entries(value).slice(0, MAX_ENTRIES);
	return Object.fromEntries(
		entries.map(([name, item]) => {
			budget.characters -= name.length;
			return [name, SECRET_NAME.test(name) ? '[redacted]' : bound(item, depth + 1, budget)];
		}),
	);
}

function boundText(text: string, budget: Budget): string {
	const most = Math.max(0, Math.min(MAX_STRING_CHARACTERS, budget.characters));
	budget.characters -= Math.min(text.length, most);
	if (text.length <= most) return text;
	return most === 0 ? CUT : CUT + text.slice(-most);
}
