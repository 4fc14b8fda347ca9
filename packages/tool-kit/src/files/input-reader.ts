import type { FileHandle } from 'node:fs/promises';

/** Reads ranges of a job's input. */
export interface InputReader {
	sizeBytes: number;
	/** Returns the bytes of a range, fewer at the end of the file. Rejects with the signal's reason once that is aborted. */
	read(offset: number, lengthBytes: number): Promise<Buffer>;
}

export async function createInputReader(file: FileHandle, signal: AbortSignal): Promise<InputReader> {
	const { size } = await file.stat();
	return {
		sizeBytes: size,
		async read(offset, lengthBytes) {
			signal.throwIfAborted();
			const buffer = Buffer.alloc(lengthBytes);
			const { bytesRead } = await file.read(buffer, 0, lengthBytes, offset);
			return buffer.subarray(0, bytesRead);
		},
	};
}
