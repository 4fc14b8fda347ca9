import type { InputReader } from './input-reader.ts';
import { DOC, DOCX, type FileKind, OLE, PPT, XLS } from './media-types.ts';
import { type OleEntry, type OleFile, openOle } from './ole.ts';

const FILEPASS = 0x002f;
const BIFF_SCAN_BYTES = 4096;
const PPT_ENCRYPTED_TOKEN = 0xf3d1c4df;

/** Returns which office format an OLE compound file has, or OLE for another. Throws when the file is damaged. */
export async function oleKind(input: InputReader): Promise<FileKind> {
	const ole = await openOle(input);
	// Names never differ in case alone, and some programs write all of them in capitals.
	const find = (name: string) => ole.entries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());
	// Only the password reveals which of docx, xlsx and pptx is inside.
	if (find('EncryptedPackage')) return { mimeType: DOCX, encrypted: true };
	const doc = find('WordDocument');
	if (doc) return { mimeType: DOC, encrypted: await isDocEncrypted(ole, doc) };
	const xls = find('Workbook') ?? find('Book');
	if (xls) return { mimeType: XLS, encrypted: await isXlsEncrypted(ole, xls) };
	if (find('PowerPoint Document')) {
		return { mimeType: PPT, encrypted: await isPptEncrypted(ole, find('Current User')) };
	}
	return { mimeType: OLE, encrypted: false };
}

/** Bit 8 of the flags in the file information block (MS-DOC 2.5.2, fEncrypted). */
async function isDocEncrypted(ole: OleFile, stream: OleEntry): Promise<boolean> {
	const start = await ole.readStart(stream, 12);
	return start.length === 12 && (start.readUInt8(11) & 1) === 1;
}

/** A FILEPASS record among those at the start of the globals (MS-XLS 2.4.117). */
async function isXlsEncrypted(ole: OleFile, stream: OleEntry): Promise<boolean> {
	const start = await ole.readStart(stream, BIFF_SCAN_BYTES);
	for (let at = 0; at + 4 <= start.length; at += 4 + start.readUInt16LE(at + 2)) {
		if (start.readUInt16LE(at) === FILEPASS) return true;
	}
	return false;
}

/** The token of the Current User stream (MS-PPT 2.3.2). */
async function isPptEncrypted(ole: OleFile, stream: OleEntry | undefined): Promise<boolean> {
	if (!stream) return false;
	const start = await ole.readStart(stream, 16);
	return start.length === 16 && start.readUInt32LE(12) === PPT_ENCRYPTED_TOKEN;
}
