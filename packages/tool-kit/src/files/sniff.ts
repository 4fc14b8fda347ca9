import { open } from 'node:fs/promises';
import { createInputReader, type InputReader } from './input-reader.ts';
import { type FileKind, JPEG, PDF, PNG, POSTSCRIPT, RTF, TEXT, TIFF, UNKNOWN, WEBP } from './media-types.ts';
import { oleKind } from './ole-kind.ts';
import { textEncoding } from './text-encoding.ts';
import { zipKind } from './zip-kind.ts';

const START_BYTES = 64 * 1024;
const PDF_HEADER_WITHIN_BYTES = 1024;
const UTF8_BOM = '\xef\xbb\xbf';

const MAGIC: readonly [string, string][] = [
	['%!', POSTSCRIPT],
	['\x04%!', POSTSCRIPT],
	['\xc5\xd0\xd3\xc6', POSTSCRIPT],
	['\x1b%-12345X', POSTSCRIPT],
	['\x89PNG\r\n\x1a\n', PNG],
	['\xff\xd8\xff', JPEG],
	['II*\0', TIFF],
	['MM\0*', TIFF],
	['II+\0', TIFF],
	['MM\0+', TIFF],
	['{\\rtf', RTF],
];

/**
 * Detects what a file is from its bytes alone, never from its name or declared type. Distinguishes text from binary, but not
 * kinds of text. Throws when a container's own directory is damaged, and the signal's reason once that is aborted. Reads little,
 * whatever the file's size.
 */
export async function sniff(path: string, signal: AbortSignal): Promise<FileKind> {
	const file = await open(path, 'r');
	try {
		return await sniffInput(await createInputReader(file, signal));
	} finally {
		await file.close();
	}
}

async function sniffInput(input: InputReader): Promise<FileKind> {
	const start = await input.read(0, START_BYTES);
	const magic = start.toString('latin1', 0, PDF_HEADER_WITHIN_BYTES);
	if (magic.startsWith('PK\x03\x04') || magic.startsWith('PK\x05\x06')) return zipKind(input);
	if (magic.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return oleKind(input);
	return { mimeType: plainKind(magic, start), encrypted: false };
}

function plainKind(magic: string, start: Buffer): string {
	const known = MAGIC.find(([prefix]) => magic.startsWith(prefix));
	if (known) return known[1];
	if (magic.startsWith('RIFF') && magic.slice(8, 12) === 'WEBP') return WEBP;
	if (isPdf(magic)) return PDF;
	if (start.length === 0) return UNKNOWN;
	return textEncoding(start) === undefined ? UNKNOWN : TEXT;
}

/**
 * Readers look for the header in the first kilobyte, so other bytes may precede it, but not PostScript, which an interpreter
 * would run.
 */
function isPdf(magic: string): boolean {
	const at = magic.search(/%PDF-\d/);
	return at === 0 || (at > 0 && !magic.slice(0, at).replace(UTF8_BOM, '').includes('%!'));
}
