export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

const UTF_32_MARK = Buffer.of(0xff, 0xfe, 0, 0);
// Control characters that text does not contain: all but tab, line ends, form feed and escape.
const BINARY_BYTES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, ...range(0x0e, 0x1a), ...range(0x1c, 0x1f)]);

/** Detects the encoding of a text file from its first bytes; returns undefined for a binary file. */
export function textEncoding(start: Buffer): TextEncoding | undefined {
	// The byte order mark of UTF-32 begins with that of UTF-16. No tool reads UTF-32, and none may read it as UTF-16.
	if (start.subarray(0, 4).equals(UTF_32_MARK)) return undefined;
	if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
	if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
	if (start.some((byte) => BINARY_BYTES.has(byte))) return undefined;
	return isUtf8(start) ? 'utf-8' : 'windows-1252';
}

function isUtf8(start: Buffer): boolean {
	try {
		// `stream` allows a character that is cut at the end.
		new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true });
		return true;
	} catch {
		return false;
	}
}

function range(first: number, last: number): number[] {
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
