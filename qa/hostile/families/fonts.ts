import { DOCX, ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx } from '@creatorr/tools/testing/builders/ooxml';
import { deflated, onePage } from '@creatorr/tools/testing/builders/pdf';
import type { Family } from '../hostile-case.ts';
import { casesFor, SHOWS_MARK } from './case-tables.ts';
import { docxPart } from './office-markup.ts';

const MIB = 1024 * 1024;

const TABLES = ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'name', 'post'];

/** Returns a TrueType file whose directory says that each table lies there. */
function trueType(offset: number, length: number): Buffer {
	const head = Buffer.alloc(12 + 16 * TABLES.length);
	head.writeUInt32BE(0x00010000, 0);
	head.writeUInt16BE(TABLES.length, 4);
	for (const [index, name] of TABLES.entries()) {
		const at = 12 + 16 * index;
		head.write(name, at, 'latin1');
		head.writeUInt32BE(offset, at + 8);
		head.writeUInt32BE(length, at + 12);
	}
	return Buffer.concat([head, Buffer.alloc(400)]);
}

const FONTS: Readonly<Record<string, () => Buffer>> = {
	'of nothing': () => Buffer.alloc(0),
	'of zeros': () => Buffer.alloc(5000),
	'of text': () => Buffer.from('this is no font'.repeat(100)),
	'whose tables lie outside of it': () => trueType(0x7fffff00, 0x100),
	'whose tables are endless': () => trueType(200, 0xffffffff),
	'whose tables are one another': () => trueType(0, 500),
	'of 60,000 tables': () => {
		const font = trueType(200, 100);
		font.writeUInt16BE(60_000, 4);
		return font;
	},
	'of 100 MiB': () => Buffer.concat([trueType(300, 100), Buffer.alloc(100 * MIB)]),
	'of PostScript': () =>
		Buffer.from('%!PS-AdobeFont-1.0: X\n/FontName /X def (/etc/passwd) run\ncurrentfile eexec\n'),
	'in CFF that calls itself': () => Buffer.from(`0100040200010101024100010101${'0b'.repeat(200)}`, 'hex'),
};

const TRUE_TYPE = { subtype: 'TrueType', file: 'FontFile2', entries: '' };
const KINDS = [
	TRUE_TYPE,
	{ subtype: 'Type1', file: 'FontFile', entries: '/Length1 100 /Length2 100 /Length3 0' },
	{ subtype: 'Type1', file: 'FontFile3', entries: '/Subtype /Type1C' },
];

function inPdf(font: Buffer, index: number): Buffer {
	const { subtype, file, entries } = KINDS[index % KINDS.length] ?? TRUE_TYPE;
	const descriptor = `/FontDescriptor << /Type /FontDescriptor /FontName /X /Flags 32 /FontBBox [0 0 1 1] /${file} 5 0 R >>`;
	return onePage({
		resources: '/XObject << /X 6 0 R >>',
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
	const entry =
		'<w:font w:name="X"><w:embedRegular r:id="rId1" w:fontKey="{00000000-0000-0000-0000-000000000000}"/></w:font>';
	const relation = { id: 'rId1', type: 'font', target: 'fonts/x.odttf' };
	const { types, relations, extra } = docxPart('fontTable', entry, [relation], 'fonts');
	const fontType =
		'<Default Extension="odttf" ContentType="application/vnd.openxmlformats-officedocument.obfuscatedFont"/>';
	return docx({
		body: '<w:p><w:r><w:rPr><w:rFonts w:ascii="X"/></w:rPr><w:t>AAAA</w:t></w:r></w:p>',
		relations,
		types: fontType + types,
		extra: [...extra, { name: 'word/fonts/x.odttf', content: font, stored: true }],
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

/** Malformed fonts, in each format that embeds fonts. */
export const fonts: Family = {
	name: 'fonts',
	cases: () =>
		Object.entries(FONTS).flatMap(([what, make], index) => {
			const of = (where: string, tool: string, mimeType: string, embed: (font: Buffer) => Buffer) =>
				casesFor(tool, { fileName: 'a', mimeType }, SHOWS_MARK, {
					[`a font ${what}, in ${where}`]: () => embed(make()),
				});
			return [
				...of('a PDF, compressed', 'compress_heavy', PDF, (font) => inPdf(font, index)),
				...of('a PDF, read', 'ocr', PDF, (font) => inPdf(font, index + 1)),
				...of('a docx', 'office_to_pdf', DOCX, inWord),
				...of('an odt', 'office_to_pdf', ODT, inOdt),
			];
		}),
};
