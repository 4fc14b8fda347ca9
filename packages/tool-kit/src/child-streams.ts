import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { CommandOptions, OutputStream } from './command.ts';
import { type Capture, captureOutput } from './lines.ts';

/** Follows what a process prints; what `onLine` throws goes to `fail`. */
export function captureStream(
	child: ChildProcess,
	name: OutputStream,
	onLine: CommandOptions['onLine'],
	fail: (error: unknown) => void,
): Capture {
	const capture = captureOutput(onLine && ((line) => onLine(line, name)));
	// An exception in a stream's event handler would end the whole worker.
	const attempt = (action: () => void) => {
		try {
			action();
		} catch (error) {
			fail(error);
		}
	};
	child[name]?.on('data', (chunk: Buffer) => attempt(() => capture.write(chunk)));
	child[name]?.on('end', () => attempt(() => capture.end()));
	return capture;
}

/** Writes all that a descriptor has to say. */
export function send(child: ChildProcess, descriptor: number, content: string | Buffer): void {
	const pipe = child.stdio[descriptor] as Writable;
	// When bwrap did not read all of it, its own end says why.
	pipe.on('error', () => {});
	pipe.end(content);
}

/** Resolves when the process has ended and its pipes are closed; rejects when it could not be started. */
export function closed(child: ChildProcess): Promise<void> {
	return new Promise((resolve, reject) => {
		child.once('error', (error) => reject(new Error('bwrap could not be started', { cause: error })));
		child.once('close', () => resolve());
	});
}
