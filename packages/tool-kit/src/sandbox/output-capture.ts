import { StringDecoder } from 'node:string_decoder';

const MAX_LINE_CHARACTERS = 8 * 1024;
const MAX_TAIL_CHARACTERS = 16 * 1024;

export interface Capture {
	write(chunk: Buffer): void;
	/** Passes on the last line if it has no line end. */
	end(): void;
	tail(): string;
}

/**
 * Captures what a command prints in bounded memory: keeps the last 16 KiB, and passes on each line without its end (`\n`, `\r` or
 * both, as progress meters use `\r`), cut at 8 KiB. Skips empty lines.
 */
export function captureOutput(onLine?: (line: string) => void): Capture {
	const decoder = new StringDecoder('utf8');
	let tail = '';
	let pending = '';
	const take = (text: string) => {
		tail = (tail + text).slice(-MAX_TAIL_CHARACTERS);
		if (!onLine) return;
		const pieces = (pending + text).split(/[\r\n]+/);
		pending = (pieces.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
		for (const piece of pieces) if (piece) onLine(piece.slice(0, MAX_LINE_CHARACTERS));
	};
	return {
		write: (chunk) => take(decoder.write(chunk)),
		end: () => take(`${decoder.end()}\n`),
		tail: () => tail.trimEnd(),
	};
}
