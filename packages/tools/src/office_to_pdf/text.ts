import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { TextEncoding } from '@creatorr/tool-kit/files/text-encoding';

const START_BYTES = 64 * 1024;

/**
 * Rewrites a text in UTF-8 without a byte order mark, so that LibreOffice need not guess the encoding. Uses the same memory for any file
 * size. Resolves to the start of the text.
 */
export async function rewriteAsUtf8(inputPath: string, outputPath: string): Promise<string> {
	const decoder = new TextDecoder(await detectEncoding(inputPath));
	let start = '';
	await pipeline(
		createReadStream(inputPath),
		async function* decode(chunks: AsyncIterable<Buffer>) {
			for await (const chunk of chunks) {
				const text = decoder.decode(chunk, { stream: true });
				if (start.length < START_BYTES) start += text;
				yield text;
			}
			yield decoder.decode();
		},
		// Never through a link that a command created.
		createWriteStream(outputPath, { flags: 'wx' }),
	);
	return start;
}

/** Detects UTF-16 by its byte order mark, and UTF-8 if the whole text is valid. Otherwise assumes Windows-1252. */
export async function detectEncoding(path: string): Promise<TextEncoding> {
	const mark = await readMark(path);
	if (mark.equals(Buffer.of(0xff, 0xfe))) return 'utf-16le';
	if (mark.equals(Buffer.of(0xfe, 0xff))) return 'utf-16be';
	const decoder = new TextDecoder('utf-8', { fatal: true });
	try {
		for await (const chunk of createReadStream(path)) decoder.decode(chunk as Buffer, { stream: true });
		decoder.decode();
		return 'utf-8';
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'windows-1252';
		throw error;
	}
}

async function readMark(path: string): Promise<Buffer> {
	const file = await open(path, 'r');
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}
