// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
const UNSAFE = /[/\\\u0000-\u001f\u007f]/g;

/** A name that the API gave, as one file of a directory: it leads nowhere else, and does nothing to a terminal. */
export function safeName(name: string): string {
	const safe = name.replace(UNSAFE, '_');
	return /^\.{0,2}$/.test(safe) ? `_${safe}` : safe;
}
