import { DOCX, ODP, ODS, ODT, PPTX, RTF, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx, type Relation, relationsXml, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import type { Family } from '../hostile-case.ts';
import { forOffice, SHOWS_MARK } from './case-tables.ts';
import { hostileLinks, type Link } from './links.ts';
import { docxPart, docxPicture, docxShowing, pptxPicture } from './office-markup.ts';

/** Links out of office documents: none is followed, and nothing of the host is shown. */
export const officeLinks: Family = {
	name: 'office links',
	cases: (world) =>
		hostileLinks('office links', world).flatMap((link) => {
			const kind = KINDS[link.in];
			if (!kind) throw new Error(`links.yaml: no link can be in ${link.in}`);
			const { mimeType, make, escapeAddress = escapeXml } = kind;
			const text = Object.entries(MARKUP)
				.reduce((whole, [name, markup]) => whole.replaceAll(name, markup), link.text)
				.replaceAll('{address}', () => escapeAddress(link.address));
			// A URL: no backslash is allowed in it.
			const isRefused = link.name.startsWith('a picture of an odt') && link.address.includes('\\');
			const files = { [link.name]: () => make(text, link) };
			return forOffice(mimeType, isRefused ? 'corrupt_input' : SHOWS_MARK, files);
		}),
};

/** Placeholders in links.yaml and the markup that replaces them. */
const MARKUP = {
	'{docx picture}': docxPicture('r:link'),
	'{pptx picture}': pptxPicture('<a:blip r:link="rId9"/>'),
	'{pptx video}': pptxPicture('', '<a:videoFile r:link="rId9"/>'),
	'{on load}': 'xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="{address}"',
};

interface Kind {
	mimeType: string;
	make(text: string, link: Link): Buffer;
	escapeAddress?(address: string): string;
}

const escapeXml = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const escapeField = (text: string) => text.replaceAll('\\', '\\\\');
const escapeRtf = (text: string) => text.replaceAll('\\', '\\\\\\\\').replaceAll('{', '');

/** The relation rId9 to the address. */
const external = ({ relation = '', address }: Link): Relation[] => [
	{ id: 'rId9', type: relation, target: escapeXml(address), isExternal: true },
];

/** Kinds of documents for the links of links.yaml. */
const KINDS: Readonly<Record<string, Kind>> = {
	docx: { mimeType: DOCX, make: (body, link) => docx({ body, relations: external(link) }) },
	'docx part': {
		mimeType: DOCX,
		make: (content, link) => docx(docxPart(link.part ?? '', content, external(link))),
	},
	'docx field': {
		mimeType: DOCX,
		make: (text) => docx({ body: docxField(text) }),
		escapeAddress: escapeField,
	},
	'docx drawing': { mimeType: DOCX, make: (content) => docxShowing('svg', content) },
	rtf: { mimeType: RTF, make: rtf, escapeAddress: escapeRtf },
	'rtf object': { mimeType: RTF, make: (_, { address }) => rtfWithObject(address) },
	xlsx: {
		mimeType: XLSX,
		make: (cells) => xlsx({ body: `<row r="2">${cells}</row>`, workbook: '<calcPr fullCalcOnLoad="1"/>' }),
	},
	'xlsx book': { mimeType: XLSX, make: (_, link) => xlsxWithBook(link) },
	ods: {
		mimeType: ODS,
		make: (cell) => odf('spreadsheet', { body: `<table:table-row>${cell}</table:table-row>` }),
	},
	'ods sheet': {
		mimeType: ODS,
		make: (source) =>
			odf('spreadsheet', {
				body: `</table:table><table:table table:name="Two">${source}<table:table-row><table:table-cell/></table:table-row>`,
			}),
	},
	odt: { mimeType: ODT, make: (body) => odf('text', { body }) },
	// The text uses the style P and the list style L, which the head may define.
	'odt head': {
		mimeType: ODT,
		make: (head) =>
			odf('text', {
				head,
				body: '<text:p text:style-name="P">text</text:p><text:list text:style-name="L"><text:list-item><text:p>text</text:p></text:list-item></text:list>',
			}),
	},
	odp: { mimeType: ODP, make: (body) => odf('presentation', { body }) },
	pptx: { mimeType: PPTX, make: (body, link) => pptx({ body, relations: external(link) }) },
};

function docxField(instruction: string): string {
	return `<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> ${escapeXml(instruction)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>old</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;
}

function rtf(body: string): Buffer {
	return Buffer.from(`{\\rtf1\\ansi Harmless\\par ${body}}`);
}

function rtfWithObject(address: string): Buffer {
	const data = Buffer.from(`0105000001000000${address}`).toString('hex');
	return rtf(
		`{\\object\\objautlink\\objupdate{\\*\\objclass Excel.Sheet}{\\*\\objdata ${data}}{\\result old}}`,
	);
}

function xlsxWithBook(link: Link): Buffer {
	const part = 'externalLinks/externalLink1.xml';
	const book =
		'<?xml version="1.0"?><externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><externalBook r:id="rId9"><sheetNames><sheetName val="One"/></sheetNames></externalBook></externalLink>';
	return xlsx({
		body: '<row r="2"><c r="A2"><f>[1]One!$A$1</f></c><c r="B2"><f>[1]One!$A$2</f></c></row>',
		workbook:
			'<externalReferences><externalReference r:id="rId5"/></externalReferences><calcPr fullCalcOnLoad="1"/>',
		workbookRelations: [{ id: 'rId5', type: 'externalLink', target: part }],
		types: `<Override PartName="/xl/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"/>`,
		extra: [
			{ name: `xl/${part}`, content: book },
			{
				name: 'xl/externalLinks/_rels/externalLink1.xml.rels',
				content: relationsXml(external({ ...link, relation: 'externalLinkPath' })),
			},
		],
	});
}
