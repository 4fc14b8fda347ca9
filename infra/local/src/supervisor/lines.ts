import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 64 * 1024;

/**
 * Cuts a byte stream into lines and hands each to `onLine`, without its line end. A line above 64 Ki characters
 * is handed over in pieces, so that a process without line ends cannot fill our memory.
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
