import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const MAX_LOG_BYTES = 20 * 1024 * 1024;
const LONGEST_LINE = 64 * 1024;

export type LogFile = {
	/** Appends; past the limit the file becomes `<path>.1` first. Does nothing after `close`. Throws the file system's error. */
	write: (chunk: Buffer | string) => void;
	close: () => void;
};

/**
 * Opens a log that never takes more than twice `maxBytes` of disk. Writes are synchronous: a line is in the file when
 * the process that wrote it is reported dead.
 */
export function openLogFile(path: string, maxBytes = MAX_LOG_BYTES): LogFile {
	let descriptor = openSync(path, 'a', 0o600);
	let sizeBytes = fstatSync(descriptor).size;
	let closed = false;
	return {
		write(chunk) {
			if (closed) return;
			if (sizeBytes > maxBytes) {
				renameSync(path, `${path}.1`);
				const full = descriptor;
				descriptor = openSync(path, 'a', 0o600);
				closeSync(full);
				sizeBytes = 0;
			}
			sizeBytes += typeof chunk === 'string' ? writeSync(descriptor, chunk) : writeSync(descriptor, chunk);
		},
		close() {
			closed = true;
			closeSync(descriptor);
		},
	};
}

/**
 * Cuts a byte stream into lines and passes each that isn't empty to `onLine`, without its line end. A line above 64 Ki characters
 * is passed in pieces, so that a process without line ends can't fill our memory.
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
