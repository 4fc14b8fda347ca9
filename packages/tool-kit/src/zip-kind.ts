import type { Readable } from 'node:stream';
import type { Entry, ZipFile } from 'yauzl';
import { DOCX, ODP, ODS, ODT, PPTX, XLSX, ZIP } from './media-types.ts';
import { openZip } from './open-zip.ts';

export interface ContainerKind {
	mimeType: string;
	/** True where the container says that a password protects its content. */
	encrypted: boolean;
}

const MAX_ENTRIES = 100_000;
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

/** Which office format a ZIP file is, or ZIP when none. Throws when it is damaged. Unpacks at most two small parts of it. */
export async function zipKind(path: string): Promise<ContainerKind> {
	const zip = await openZip(path);
	try {
		const parts = await readParts(zip);
		const contentTypes = parts.get(CONTENT_TYPES);
		if (contentTypes !== undefined) return { mimeType: ooxmlType(contentTypes), encrypted: false };
		const odfType = parts
			.get(ODF_TYPE)
			?.trim()
			.replace(/-template$/, '');
		if (odfType === undefined || !ODF_KINDS.includes(odfType)) return { mimeType: ZIP, encrypted: false };
		return { mimeType: odfType, encrypted: /encryption-data\b/.test(parts.get(ODF_MANIFEST) ?? '') };
	} finally {
		zip.close();
	}
}

function ooxmlType(contentTypes: string): string {
	return OOXML_MAIN_PARTS.find(([pattern]) => pattern.test(contentTypes))?.[1] ?? ZIP;
}

async function readParts(zip: ZipFile): Promise<Map<string, string>> {
	const parts = new Map<string, string>();
	if (zip.entryCount > MAX_ENTRIES) return parts;
	for await (const entry of zip.eachEntry()) {
		const name = entry.fileNameRaw.toString('latin1');
		if (![CONTENT_TYPES, ODF_TYPE, ODF_MANIFEST].includes(name) || parts.has(name)) continue;
		parts.set(name, await readPart(zip, entry));
	}
	return parts;
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
	const isUtf16 = bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe;
	return bytes.toString(isUtf16 ? 'utf16le' : 'utf8');
}
