import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 64 * 1024;

/**
 * Cuts a byte stream into lines and passes each that isn't empty to `onLine`, without its line end. A line above 64 Ki characters
 * is passed in pieces, so that a process without line ends can't fill our memory. Only `\n` ends a line, unlike in node:readline:
 * JSON may contain U+2028.
 */
export function createLineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	return (chunk) => {
		const lines = (rest + decoder.write(chunk)).split('\n');
		rest = lines.pop() ?? '';
		if (rest.length > LONGEST_LINE) {
			lines.push(rest);
			rest = '';
		}
		for (const line of lines) if (line.trim() !== '') onLine(line.trimEnd());
	};
}
