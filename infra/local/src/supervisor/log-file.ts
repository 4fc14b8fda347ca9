import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const MAX_LOG_BYTES = 20 * 1024 * 1024;

export type LogFile = ReturnType<typeof openLogFile>;

/**
 * Opens a log that never takes more than twice `maxBytes` of disk. Writes are synchronous: a line is in the file when
 * the process that wrote it is reported dead.
 */
export function openLogFile(path: string, maxBytes = MAX_LOG_BYTES) {
	let descriptor = openSync(path, 'a', 0o600);
	let sizeBytes = fstatSync(descriptor).size;
	let closed = false;
	return {
		/** Appends; past the limit the file becomes `<path>.1` first. Does nothing after `close`. Throws the file system's error. */
		write(chunk: Buffer): void {
			if (closed) return;
			if (sizeBytes > maxBytes) {
				renameSync(path, `${path}.1`);
				const full = descriptor;
				descriptor = openSync(path, 'a', 0o600);
				closeSync(full);
				sizeBytes = 0;
			}
			sizeBytes += writeSync(descriptor, chunk);
		},
		close(): void {
			closed = true;
			closeSync(descriptor);
		},
	};
}
