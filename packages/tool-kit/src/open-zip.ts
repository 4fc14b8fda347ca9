import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';

const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const END_BYTES = 22;
const COMMENT_LENGTH_AT = 20;
const MAX_COMMENT_BYTES = 0xffff;

/**
 * Opens a ZIP file, also one with bytes behind its end, as some programs leave them there and office programs read them. Throws
 * when it is cut short. Names of entries are raw.
 */
export async function openZip(path: string): Promise<ZipFile> {
	const file = await open(path, 'r');
	try {
		const end = await findEnd(file);
		// Names are compared and never used as paths, so yauzl need not refuse odd ones.
		return await fromRandomAccessReaderPromise(new FileReader(path), end, {
			autoClose: false,
			decodeStrings: false,
		});
	} finally {
		await file.close();
	}
}

class FileReader extends RandomAccessReader {
	readonly #path: string;

	constructor(path: string) {
		super();
		this.#path = path;
	}

	override _readStreamForRange(start: number, end: number): Readable {
		return createReadStream(this.#path, { start, end: end - 1 });
	}
}

/** Where the ZIP file ends; where the file does when there is no end in it, so that yauzl says what is wrong. */
async function findEnd(file: FileHandle): Promise<number> {
	const { size } = await file.stat();
	const length = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
	const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
	const at = buffer.lastIndexOf(END_SIGNATURE);
	if (at === -1 || at + END_BYTES > length) return size;
	return Math.min(size, size - length + at + END_BYTES + buffer.readUInt16LE(at + COMMENT_LENGTH_AT));
}
