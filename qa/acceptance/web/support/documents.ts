import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { makePdf } from '../../../driver/pdf.ts';

const execute = promisify(execFile);

/** A file as playwright's `setInputFiles` takes it. */
export interface Document {
	name: string;
	mimeType: string;
	buffer: Buffer;
}

const pdf = (name: string, buffer: Buffer): Document => ({ name, mimeType: 'application/pdf', buffer });

/** Runs a program on a file; `{in}` and `{out}` in its arguments are files in a temporary directory. */
async function transform(input: Buffer, command: string, args: readonly string[]): Promise<Buffer> {
	const directory = await mkdtemp(join(tmpdir(), 'creatorr-document-'));
	const files = { in: join(directory, 'in'), out: join(directory, 'out') };
	try {
		await writeFile(files.in, input);
		await execute(
			command,
			args.map((arg) => arg.replace('{in}', files.in).replace('{out}', files.out)),
		);
		return await readFile(files.out);
	} finally {
		await rm(directory, { recursive: true });
	}
}

function postScript(pages: readonly string[][]): Buffer {
	const show = (line: string, at: number) =>
		`60 ${740 - at * 36} moveto (${line.replaceAll(/[()\\]/g, '\\$&')}) show`;
	const shown = pages.map((lines) => `/Helvetica 22 selectfont\n${lines.map(show).join('\n')}\nshowpage`);
	return Buffer.from(`%!PS\n<< /PageSize [595 842] >> setpagedevice\n${shown.join('\n')}\n`);
}

const ghostscript = (device: string, ...more: string[]) => [
	...['-q', '-dSAFER', '-dBATCH', '-dNOPAUSE', `-sDEVICE=${device}`, ...more],
	...['-sOutputFile={out}', '{in}'],
];

/** A PDF with a large picture on each page, which compresses well. */
export function picturePdf(name = 'holiday.pdf', options: { pages?: number; pictureSide?: number } = {}) {
	return pdf(name, makePdf(options));
}

/** A PDF of text, a list of lines for each page. */
export async function textPdf(name = 'letter.pdf', pages: string[][] = [['Dear reader,', 'all is well.']]) {
	return pdf(name, await transform(postScript(pages), 'gs', ghostscript('pdfwrite')));
}

/** A PDF of one page drawn by PostScript, with lossless pictures. */
export async function fromPostScript(name: string, page: string): Promise<Document> {
	const source = Buffer.from(`%!PS\n${page}\nshowpage\n`);
	const lossless = [
		'-dAutoFilterColorImages=false',
		'-dColorImageFilter=/FlateEncode',
		'-dDownsampleColorImages=false',
	];
	return pdf(name, await transform(source, 'gs', ghostscript('pdfwrite', ...lossless)));
}

/** A PDF of pictures of text, like a scan. */
export async function scannedPdf(name = 'scan.pdf', pages: string[][] = [['Hello scanner', 'page one']]) {
	return pdf(name, await transform(postScript(pages), 'gs', ghostscript('pdfimage24', '-r150')));
}

/** A PDF that needs this password. */
export async function lockedPdf(password: string, name = 'secret.pdf') {
	const args = ['--encrypt', password, password, '256', '--', '{in}', '{out}'];
	return pdf(name, await transform((await textPdf()).buffer, 'qpdf', args));
}

/** A truncated PDF. */
export function brokenPdf(name = 'broken.pdf') {
	const whole = makePdf();
	return pdf(name, whole.subarray(0, 200));
}

const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** A text document of Word, a line for each paragraph. */
export function docx(name = 'report.docx', paragraphs: string[] = ['Quarterly report', 'All is well.']) {
	const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
	const body = paragraphs.map((text) => `<w:p><w:r><w:t>${xml(text)}</w:t></w:r></w:p>`).join('');
	const buffer = zip({
		'[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${DOCX}.main+xml"/></Types>`,
		'_rels/.rels': `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		'word/document.xml': `<w:document xmlns:w="${WORD}"><w:body>${body}</w:body></w:document>`,
	});
	return { name, mimeType: DOCX, buffer };
}

/** A zip archive whose entries are stored as they are. */
function zip(entries: Record<string, string>): Buffer {
	const locals: Buffer[] = [];
	const central: Buffer[] = [];
	let offset = 0;
	for (const [path, text] of Object.entries(entries)) {
		const [name, bytes] = [Buffer.from(path), Buffer.from(text)];
		// version 2.0, no flags, stored, 1 January 1980; then checksum and sizes
		const shared = Buffer.alloc(26);
		shared.writeUInt16LE(20, 0);
		shared.writeUInt16LE(0x21, 8);
		shared.writeUInt32LE(crc32(bytes), 10);
		shared.writeUInt32LE(bytes.length, 14);
		shared.writeUInt32LE(bytes.length, 18);
		shared.writeUInt16LE(name.length, 22);
		const place = Buffer.alloc(14);
		place.writeUInt32LE(offset, 10);
		const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, name, bytes]);
		central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, place, name]));
		locals.push(local);
		offset += local.length;
	}
	const directory = Buffer.concat(central);
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06');
	end.writeUInt16LE(central.length, 8);
	end.writeUInt16LE(central.length, 10);
	end.writeUInt32LE(directory.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...locals, directory, end]);
}
