import { DOCX, ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx } from '@creatorr/tools/testing/builders/ooxml';
import { deflated, onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, type HostileCase, succeeds } from '../hostile-case.ts';

const MIB = 1024 * 1024;

/** A TrueType file whose directory lists these tables, wherever they say that they lie. */
function trueType(
	tables: Readonly<Record<string, { offset: number; length: number }>>,
	body = Buffer.alloc(400),
): Buffer {
	const names = Object.keys(tables);
	const head = Buffer.alloc(12 + 16 * names.length);
	head.writeUInt32BE(0x00010000, 0);
	head.writeUInt16BE(names.length, 4);
	names.forEach((name, index) => {
		const at = 12 + 16 * index;
		head.write(name, at, 'latin1');
		head.writeUInt32BE(tables[name]?.offset ?? 0, at + 8);
		head.writeUInt32BE(tables[name]?.length ?? 0, at + 12);
	});
	return Buffer.concat([head, body]);
}

const TABLES = ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'name', 'post'];
const every = (offset: number, length: number) =>
	trueType(Object.fromEntries(TABLES.map((name) => [name, { offset, length }])));

const FONTS: Readonly<Record<string, () => Buffer>> = {
	'of nothing': () => Buffer.alloc(0),
	'of zeros': () => Buffer.alloc(5000),
	'of text': () => Buffer.from('this is no font'.repeat(100)),
	'whose tables lie outside of it': () => every(0x7fffff00, 0x100),
	'whose tables are endless': () => every(200, 0xffffffff),
	'whose tables are one another': () => every(0, 500),
	'of 60,000 tables': () => {
		const font = every(200, 100);
		font.writeUInt16BE(60_000, 4);
		return font;
	},
	'of 100 MiB': () => Buffer.concat([every(300, 100), Buffer.alloc(100 * MIB)]),
	'of PostScript': () =>
		Buffer.from('%!PS-AdobeFont-1.0: X\n/FontName /X def (/etc/passwd) run\ncurrentfile eexec\n'),
	'in CFF that calls itself': () => Buffer.from(`0100040200010101024100010101${'0b'.repeat(200)}`, 'hex'),
};

const KINDS = [
	{ subtype: 'TrueType', file: 'FontFile2', entries: '' },
	{ subtype: 'Type1', file: 'FontFile', entries: '/Length1 100 /Length2 100 /Length3 0' },
	{ subtype: 'Type1', file: 'FontFile3', entries: '/Subtype /Type1C' },
];

function inPdf(font: Buffer, index: number): Buffer {
	const { subtype, file, entries } = KINDS[index % KINDS.length] ?? (KINDS[0] as (typeof KINDS)[0]);
	const descriptor = `/FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 32 /FontBBox [0 0 1 1] /${file} 5 0 R >>`;
	return onePage({
		resources: `/XObject << /X 6 0 R >>`,
		content: '/X Do',
		objects: [
			deflated(entries, font),
			{
				dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 300 300] /Resources << /Font << /B << /Type /Font /Subtype /${subtype} /BaseFont /X /FirstChar 65 /LastChar 65 /Widths [500] ${descriptor} >> >> >>`,
				stream: 'BT /B 24 Tf 10 10 Td (AAAA) Tj ET',
			},
		],
	});
}

function inWord(font: Buffer): Buffer {
	const table =
		'<?xml version="1.0"?><w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:font w:name="X"><w:embedRegular r:id="rId1" w:fontKey="{00000000-0000-0000-0000-000000000000}"/></w:font></w:fonts>';
	const relations =
		'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/font" Target="fonts/x.odttf"/></Relationships>';
	return docx({
		body: '<w:p><w:r><w:rPr><w:rFonts w:ascii="X"/></w:rPr><w:t>AAAA</w:t></w:r></w:p>',
		relations: [{ id: 'rId8', type: 'fontTable', target: 'fontTable.xml' }],
		types:
			'<Default Extension="odttf" ContentType="application/vnd.openxmlformats-officedocument.obfuscatedFont"/><Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>',
		extra: [
			{ name: 'word/fontTable.xml', content: table },
			{ name: 'word/_rels/fontTable.xml.rels', content: relations },
			{ name: 'word/fonts/x.odttf', content: font, stored: true },
		],
	});
}

function inOdt(font: Buffer): Buffer {
	const face =
		'<office:font-face-decls><style:font-face style:name="X" svg:font-family="X"><svg:font-face-src><svg:font-face-uri xlink:href="Fonts/x.ttf"><svg:font-face-format svg:string="truetype"/></svg:font-face-uri></svg:font-face-src></style:font-face></office:font-face-decls><office:automatic-styles><style:style style:name="P" style:family="paragraph"><style:text-properties style:font-name="X"/></style:style></office:automatic-styles>';
	return odf('text', {
		head: face,
		body: '<text:p text:style-name="P">AAAA</text:p>',
		extra: [{ name: 'Fonts/x.ttf', content: font, stored: true }],
		types: { 'Fonts/x.ttf': 'application/x-font-ttf' },
	});
}

/** Fonts that are none. */
export const fonts: Family = {
	name: 'fonts',
	cases: () => {
		const of = (
			name: string,
			tool: HostileCase['tool'],
			mimeType: string,
			make: () => Buffer,
			expected: Expected = succeeds(/Harmless/),
		): HostileCase => ({
			...{ name, tool, fileName: 'a', mimeType, make, expected },
		});
		return Object.entries(FONTS).flatMap(([what, make], index) => [
			of(`a font ${what}, in a PDF, compressed`, 'compress_heavy', PDF, () => inPdf(make(), index)),
			of(`a font ${what}, in a PDF, read`, 'ocr', PDF, () => inPdf(make(), index + 1)),
			of(`a font ${what}, in a docx`, 'office_to_pdf', DOCX, () => inWord(make())),
			of(`a font ${what}, in an odt`, 'office_to_pdf', ODT, () => inOdt(make())),
		]);
	},
};
