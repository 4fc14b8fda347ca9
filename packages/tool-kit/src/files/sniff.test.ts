import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { oleFile } from '../testing/ole-file.ts';
import { zipFile } from '../testing/zip-file.ts';
import {
	DOC,
	DOCX,
	JPEG,
	ODT,
	OLE,
	PDF,
	PNG,
	POSTSCRIPT,
	PPT,
	PPTX,
	RTF,
	TEXT,
	TIFF,
	UNKNOWN,
	WEBP,
	XLS,
	XLSX,
	ZIP,
} from './media-types.ts';
import { sniff } from './sniff.ts';

let directory: string;
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'sniff-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function sniffBytes(content: string | Buffer) {
	const path = join(directory, 'file');
	await writeFile(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
	return sniff(path, new AbortController().signal);
}

function ooxml(mainType: string): Buffer {
	const override = `<Override PartName="/main.xml" ContentType="application/vnd.${mainType}.main+xml"/>`;
	return zipFile({ 'main.xml': '<x/>', '[Content_Types].xml': `<Types>${override}</Types>` });
}

function odf(type: string, manifest = '<manifest/>'): Buffer {
	return zipFile({ mimetype: type, 'META-INF/manifest.xml': manifest });
}

/** Sets the unpacked length of the last entry in the directory, and marks the entry as compressed. */
function claimLength(zip: Buffer, lengthBytes: number): void {
	const at = zip.lastIndexOf('PK\x01\x02');
	zip.writeUInt16LE(8, at + 10);
	zip.writeUInt32LE(lengthBytes, at + 24);
}

const LONG = 5000;
const long = (start: Buffer) => Buffer.concat([start, Buffer.alloc(LONG)], LONG);

describe('sniff detects', () => {
	test.each([
		['a PDF', '%PDF-1.7\n', PDF],
		['a PDF after other bytes', '\n\nhello\n%PDF-1.4\n', PDF],
		['PostScript', '%!PS-Adobe-3.0\nshowpage', POSTSCRIPT],
		['PostScript with a PDF header in its comments', '%!PS\n%PDF-1.4\nshowpage', POSTSCRIPT],
		['PostScript in a printer job', '\x1b%-12345X@PJL\n%!PS', POSTSCRIPT],
		['no PDF where PostScript precedes the header', '\n%!PS\nshowpage\n%PDF-1.4\n', TEXT],
		['PNG', '\x89PNG\r\n\x1a\n\0\0', PNG],
		['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF', JPEG],
		['little-endian TIFF', 'II*\0\x08\0\0\0', TIFF],
		['big-endian TIFF', 'MM\0*\0\0\0\x08', TIFF],
		['WebP', 'RIFF\x10\0\0\0WEBPVP8 ', WEBP],
		['no WebP in another RIFF file', 'RIFF\x10\0\0\0WAVEfmt ', UNKNOWN],
		['RTF', '{\\rtf1 hello}', RTF],
		['text', 'a plain sentence\n', TEXT],
		['text in UTF-8', Buffer.from('grüße, 你好'), TEXT],
		['text in UTF-16', Buffer.from('\ufeffgrüße', 'utf16le'), TEXT],
		['text in a western code page', 'gr\xfc\xdfe', TEXT],
		['UTF-32 as unknown', Buffer.from('\ufeff\0h\0i\0', 'utf16le'), UNKNOWN],
		['other binary files as unknown', 'abc\0def', UNKNOWN],
		['an empty file', '', UNKNOWN],
		['docx', ooxml('openxmlformats-officedocument.wordprocessingml.document'), DOCX],
		['a Word template with macros', ooxml('ms-word.template.macroEnabledTemplate'), DOCX],
		['xlsx', ooxml('openxmlformats-officedocument.spreadsheetml.sheet'), XLSX],
		[
			'docx with bytes behind its end',
			Buffer.concat([ooxml('openxmlformats-officedocument.wordprocessingml.document'), Buffer.of(0, 10)]),
			DOCX,
		],
		['pptx', ooxml('openxmlformats-officedocument.presentationml.presentation'), PPTX],
		['an archive with content types of no office document', ooxml('ms-package.other'), ZIP],
		['odt', odf(ODT), ODT],
		['an ODF template', odf(`${ODT}-template`), ODT],
		['an archive', zipFile({ 'a.txt': 'a' }), ZIP],
		['doc', oleFile({ WordDocument: long(Buffer.alloc(0)) }), DOC],
		['xls', oleFile({ Workbook: long(Buffer.alloc(0)) }), XLS],
		['xls whose parts are named in capitals', oleFile({ WORKBOOK: long(Buffer.alloc(0)) }), XLS],
		['ppt', oleFile({ 'PowerPoint Document': long(Buffer.alloc(0)) }), PPT],
		['an OLE file of another kind', oleFile({ Contents: long(Buffer.alloc(0)) }), OLE],
	] as [string, string | Buffer, string][])('%s', async (_, content, mimeType) => {
		expect(await sniffBytes(content)).toEqual({ mimeType, encrypted: false });
	});
});

describe('sniff detects a password on', () => {
	const filepass = Buffer.from('09080400000605002f000600000000000000', 'hex');
	const pptUser = Buffer.from('000000000000000000000000dfc4d1f3', 'hex');
	test.each([
		[
			'docx, xlsx or pptx',
			oleFile({ EncryptionInfo: Buffer.alloc(40), EncryptedPackage: long(Buffer.alloc(0)) }),
			DOCX,
		],
		['odt', odf(ODT, '<manifest:encryption-data manifest:checksum=""/>'), ODT],
		[
			'odt whose manifest is in UTF-16',
			zipFile({
				mimetype: ODT,
				'META-INF/manifest.xml': Buffer.from('\ufeff<manifest:encryption-data/>', 'utf16le').swap16(),
			}),
			ODT,
		],
		['doc', oleFile({ WordDocument: long(Buffer.from([0xec, 0xa5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])) }), DOC],
		['xls', oleFile({ Workbook: long(filepass) }), XLS],
		['ppt', oleFile({ 'Current User': pptUser, 'PowerPoint Document': long(Buffer.alloc(0)) }), PPT],
	] as [string, Buffer, string][])('%s', async (_, content, mimeType) => {
		expect(await sniffBytes(content)).toEqual({ mimeType, encrypted: true });
	});
});

/** Sector 0 lists sector 1 as the whole table, and itself as the next list. The table chains sectors far outside the file. */
function endlessOle(): Buffer {
	const outside = 0xfff00000;
	const header = oleFile({}).subarray(0, 512);
	header.writeUInt32LE(outside, 48);
	header.writeUInt32LE(0, 68);
	const [list, table] = [Buffer.alloc(512), Buffer.alloc(512)];
	for (let item = 0; item < 127; item += 1) {
		list.writeUInt32LE(1, 4 * item);
		table.writeUInt32LE(outside + item + 1, 4 * item);
	}
	return Buffer.concat([header, list, table]);
}

describe('sniff throws on', () => {
	const docx = ooxml('openxmlformats-officedocument.wordprocessingml.document');
	const doc = oleFile({ WordDocument: long(Buffer.alloc(0)) });
	const circular = Buffer.from(doc);
	// The directory is sector 1: its entry in the table, sector 0, now points to itself.
	circular.writeUInt32LE(1, 512 + 4);
	test.each([
		['a ZIP file cut short', docx.subarray(0, docx.length - 30)],
		['an OLE file cut short', doc.subarray(0, 700)],
		['an OLE file whose directory is a cycle', circular],
		['an OLE file whose directory is far outside it, after lists that are a cycle', endlessOle()],
	])('%s', async (_, content) => {
		await expect(sniffBytes(content)).rejects.toThrow();
	});
});

/** Returns how often this process has read from a file or socket. */
async function countReads(): Promise<number> {
	return Number(/^syscr: (\d+)$/m.exec(await readFile('/proc/self/io', 'utf8'))?.[1]);
}

/** Chains directory sectors that lie in one sector of the allocation table: 120 of them, without entries. */
function oleWithLongDirectory(): Buffer {
	const directory = Object.fromEntries(
		Array.from({ length: 476 }, (_, index) => [`${index}`, Buffer.alloc(0)]),
	);
	return oleFile(directory);
}

describe('sniff reads', () => {
	test.each([
		[
			'a ZIP file of 19,990 entries',
			() => zipFile(Object.fromEntries(Array.from({ length: 19_990 }, (_, index) => [`word/${index}`, '']))),
			ZIP,
			1000,
		],
		['a table of an OLE file once for many sectors', oleWithLongDirectory, OLE, 350],
	] as [string, () => Buffer, string, number][])(
		'%s with few reads',
		async (_, content, mimeType, maxReads) => {
			await writeFile(join(directory, 'file'), content());
			const before = await countReads();
			const kind = await sniff(join(directory, 'file'), new AbortController().signal);
			const reads = (await countReads()) - before;
			expect(kind.mimeType).toBe(mimeType);
			expect(reads).toBeGreaterThan(0);
			expect(reads).toBeLessThan(maxReads);
		},
	);
});

describe('sniff refuses', () => {
	test('a ZIP file whose directory has more than 4 MiB of names', async () => {
		const names = Array.from({ length: 80 }, (_, index) => [`${index}`.padEnd(60_000, 'n'), '']);
		await expect(sniffBytes(zipFile(Object.fromEntries(names)))).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('a part that identifies a document but is larger than 4 MiB', async () => {
		const content = zipFile({ mimetype: Buffer.alloc(5 * 1024 * 1024, 0x20) });
		await expect(sniffBytes(content)).rejects.toMatchObject({ code: 'limit_exceeded' });
	});
});

describe('sniff reads no entry and', () => {
	test('refuses a document with more entries than documents have', async () => {
		const flood = Array.from({ length: 20_001 }, (_, index) => [`word/${index}`, '']);
		const content = zipFile({ '[Content_Types].xml': '<Types/>', ...Object.fromEntries(flood) });
		await expect(sniffBytes(content)).rejects.toMatchObject({ code: 'limit_exceeded' });
	});

	test('refuses a document that claims to unpack to a thousand times its size', async () => {
		const content = zipFile({ mimetype: ODT, 'content.xml': 'text' });
		claimLength(content, 1024 ** 3);
		await expect(sniffBytes(content)).rejects.toMatchObject({ code: 'limit_exceeded' });
	});

	test('accepts an archive that claims the same but is no document, as nothing unpacks it', async () => {
		const content = zipFile({ 'a.txt': 'text' });
		claimLength(content, 1024 ** 3);
		expect(await sniffBytes(content)).toEqual({ mimeType: ZIP, encrypted: false });
	});
});
