import { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { InputReader } from './input-reader.ts';
import { DOCX, type FileKind, ODP, ODS, ODT, PPTX, XLSX, ZIP } from './media-types.ts';
import { textEncoding } from './text-encoding.ts';
import {
	contentTooLarge,
	requireBoundedDirectory,
	requireBoundedEntries,
	requireNoZipBomb,
	type ZipPart,
} from './zip-bomb.ts';

const MAX_PART_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Size of an entry in the directory without its name, extra field and comment. */
const ENTRY_BYTES = 46;

const CONTENT_TYPES = '[Content_Types].xml';
const ODF_TYPE = 'mimetype';
const ODF_MANIFEST = 'META-INF/manifest.xml';

// The main part's type, including templates, macro-enabled files and slide shows: they open the same way, and macros never run.
const OOXML_MAIN_PARTS: readonly [RegExp, string][] = [
	[
		/(?:wordprocessingml\.(?:document|template)|ms-word\.(?:document|template)\.macroEnabled\w*)\.main\+xml/,
		DOCX,
	],
	[/(?:spreadsheetml\.(?:sheet|template)|ms-excel\.(?:sheet|template)\.macroEnabled)\.main\+xml/, XLSX],
	[
		/(?:presentationml\.(?:presentation|template|slideshow)|ms-powerpoint\.\w+\.macroEnabled)\.main\+xml/,
		PPTX,
	],
];
const ODF_KINDS: readonly string[] = [ODT, ODS, ODP];

/**
 * Returns which office format a ZIP file has, or ZIP for another. Throws an Error when the file is damaged, a ToolError
 * `limit_exceeded` when an office program would unpack too much of it. Unpacks at most three small parts itself.
 */
export async function zipKind(input: InputReader): Promise<FileKind> {
	const zip = await openZip(input);
	try {
		requireBoundedEntries(zip.entryCount);
		const { texts, parts } = await readParts(zip);
		const kind = kindOf(texts);
		if (kind.mimeType !== ZIP) requireNoZipBomb(parts);
		return kind;
	} finally {
		zip.close();
	}
}

function kindOf(texts: ReadonlyMap<string, string>): FileKind {
	const contentTypes = texts.get(CONTENT_TYPES);
	if (contentTypes !== undefined) return { mimeType: ooxmlType(contentTypes), encrypted: false };
	const odfType = texts
		.get(ODF_TYPE)
		?.trim()
		.replace(/-template$/, '');
	if (odfType === undefined || !ODF_KINDS.includes(odfType)) return { mimeType: ZIP, encrypted: false };
	return { mimeType: odfType, encrypted: /encryption-data\b/.test(texts.get(ODF_MANIFEST) ?? '') };
}

function ooxmlType(contentTypes: string): string {
	return OOXML_MAIN_PARTS.find(([pattern]) => pattern.test(contentTypes))?.[1] ?? ZIP;
}

/** Returns all entries of the directory, and the text of those that identify the format. */
async function readParts(zip: ZipFile): Promise<{ parts: ZipPart[]; texts: Map<string, string> }> {
	const parts: ZipPart[] = [];
	const texts = new Map<string, string>();
	let directoryBytes = 0;
	for await (const entry of zip.eachEntry()) {
		directoryBytes +=
			ENTRY_BYTES + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentRaw.length;
		requireBoundedDirectory(directoryBytes);
		parts.push({
			offset: entry.relativeOffsetOfLocalHeader,
			packedBytes: entry.compressedSize,
			unpackedBytes: entry.uncompressedSize,
		});
		const name = entry.fileNameRaw.toString('latin1');
		if (![CONTENT_TYPES, ODF_TYPE, ODF_MANIFEST].includes(name) || texts.has(name)) continue;
		texts.set(name, await readPart(zip, entry));
	}
	return { parts, texts };
}

async function readPart(zip: ZipFile, entry: Entry): Promise<string> {
	// Compressed bytes that unpack to nothing would be read to their end.
	if (entry.compressedSize > MAX_PART_BYTES) throw contentTooLarge();
	const stream: Readable = await zip.openReadStreamPromise(entry);
	const chunks: Buffer[] = [];
	let sizeBytes = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		sizeBytes += chunk.length;
		// Real documents have a few kilobytes here.
		if (sizeBytes > MAX_PART_BYTES) break;
	}
	return decodeXml(Buffer.concat(chunks));
}

function decodeXml(bytes: Buffer): string {
	return new TextDecoder(textEncoding(bytes)).decode(bytes);
}

const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1');
const END_BYTES = 22;
const COMMENT_LENGTH_AT = 20;
const MAX_COMMENT_BYTES = 0xffff;

/**
 * Opens a ZIP file, also one with bytes after its end, which some programs write and office programs accept. Throws when the
 * file is cut short. Names of entries are raw bytes.
 */
async function openZip(input: InputReader): Promise<ZipFile> {
	const end = await findEnd(input);
	// Names are compared and never used as paths, so yauzl need not refuse odd ones.
	return await fromRandomAccessReaderPromise(new ChunkReader(input), end, {
		autoClose: false,
		decodeStrings: false,
	});
}

/** Reads whole chunks: yauzl reads each entry of the directory on its own, in two parts. */
class ChunkReader extends RandomAccessReader {
	readonly #input: InputReader;
	#chunk: Buffer = Buffer.alloc(0);
	#chunkOffset = 0;

	constructor(input: InputReader) {
		super();
		this.#input = input;
	}

	override read(
		buffer: Buffer,
		offset: number,
		length: number,
		position: number,
		callback: (error: Error | null, bytesRead?: number) => void,
	): void {
		this.#bytesAt(position, length).then(
			(bytes) => callback(null, bytes.copy(buffer, offset)),
			(error: Error) => callback(error),
		);
	}

	async #bytesAt(position: number, length: number): Promise<Buffer> {
		const start = position - this.#chunkOffset;
		if (start >= 0 && start + length <= this.#chunk.length)
			return this.#chunk.subarray(start, start + length);
		this.#chunk = await this.#input.read(position, Math.max(length, CHUNK_BYTES));
		this.#chunkOffset = position;
		return this.#chunk.subarray(0, length);
	}

	override _readStreamForRange(start: number, end: number): Readable {
		return Readable.from(readChunks(this.#input, start, end), { objectMode: false });
	}
}

async function* readChunks(input: InputReader, start: number, end: number): AsyncGenerator<Buffer> {
	for (let at = start; at < end; at += CHUNK_BYTES) {
		const chunk = await input.read(at, Math.min(CHUNK_BYTES, end - at));
		if (chunk.length === 0) return;
		yield chunk;
	}
}

/** Returns the offset of the ZIP file's end. Without an end record returns the file's size, so that yauzl reports the problem. */
async function findEnd(input: InputReader): Promise<number> {
	const { sizeBytes } = input;
	const length = Math.min(sizeBytes, END_BYTES + MAX_COMMENT_BYTES);
	const tail = await input.read(sizeBytes - length, length);
	const at = tail.lastIndexOf(END_SIGNATURE);
	if (at === -1 || at + END_BYTES > length) return sizeBytes;
	return Math.min(sizeBytes, sizeBytes - length + at + END_BYTES + tail.readUInt16LE(at + COMMENT_LENGTH_AT));
}
