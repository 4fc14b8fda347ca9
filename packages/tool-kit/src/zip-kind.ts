import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { DOCX, ODP, ODS, ODT, PPTX, XLSX, ZIP } from './media-types.ts';
import { openZip } from './open-zip.ts';
import { textEncoding } from './text-kind.ts';
import { requireFewEntries, requireNoBomb, type ZipPart } from './zip-bomb.ts';

export interface ContainerKind {
	mimeType: string;
	/** True where the container says that a password protects its content. */
	encrypted: boolean;
}

const MAX_PART_BYTES = 4 * 1024 * 1024;

const CONTENT_TYPES = '[Content_Types].xml';
const ODF_TYPE = 'mimetype';
const ODF_MANIFEST = 'META-INF/manifest.xml';

// The main part's type, also of templates, macro-enabled files and slide shows: all are opened alike, and macros never run.
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
 * Which office format a ZIP file is, or ZIP when none. Throws an Error when it is damaged, a ToolError `limit_exceeded` when an
 * office program would unpack too much of it. Unpacks at most two small parts itself.
 */
export async function zipKind(path: string): Promise<ContainerKind> {
	const zip = await openZip(path);
	try {
		requireFewEntries(zip.entryCount);
		const { texts, parts } = await readParts(zip);
		const kind = kindOf(texts);
		if (kind.mimeType !== ZIP) requireNoBomb(parts);
		return kind;
	} finally {
		zip.close();
	}
}

function kindOf(texts: ReadonlyMap<string, string>): ContainerKind {
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

/** All that the directory lists, and the text of those parts that tell the kind. */
async function readParts(zip: ZipFile): Promise<{ parts: ZipPart[]; texts: Map<string, string> }> {
	const parts: ZipPart[] = [];
	const texts = new Map<string, string>();
	for await (const entry of zip.eachEntry()) {
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
	const stream: Readable = await zip.openReadStreamPromise(entry);
	const chunks: Buffer[] = [];
	let sizeBytes = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		sizeBytes += chunk.length;
		// A genuine one is a few kilobytes; what is cut is not looked at.
		if (sizeBytes > MAX_PART_BYTES) break;
	}
	return decodeXml(Buffer.concat(chunks));
}

function decodeXml(bytes: Buffer): string {
	return new TextDecoder(textEncoding(bytes)).decode(bytes);
}
