import { DOCX, HTML, ODP, ODS, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf, odfEntries } from '@creatorr/tools/testing/builders/odf';
import { docx, docxEntries, paragraph, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { type ZipEntry, zipOf } from '@creatorr/tools/testing/builders/zip';
import type { Family } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { forOffice, withDeadline } from './case-tables.ts';
import { docxShowing } from './office-markup.ts';

const LAUGHS = 'a billion laughs';
const EXTERNAL_TYPE = 'an external document type';
const PARAMETER = 'an external parameter entity';

/** Returns document types that define `&e;`, by what it expands to. */
function definitions({ files, url }: World): Record<string, string> {
	const levels = Array.from({ length: 12 }, (_, index) =>
		index === 0 ? '<!ENTITY l0 "lol">' : `<!ENTITY l${index} "${`&l${index - 1};`.repeat(10)}">`,
	);
	return {
		'an entity of a file': `<!DOCTYPE x [<!ENTITY e SYSTEM "file://${files.text}">]>`,
		'an entity of an address': `<!DOCTYPE x [<!ENTITY e SYSTEM "${url('xxe')}">]>`,
		[PARAMETER]: `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url('dtd')}"> %p; <!ENTITY e "">]>`,
		[EXTERNAL_TYPE]: `<!DOCTYPE x SYSTEM "${url('dtd')}" [<!ENTITY e "">]>`,
		[LAUGHS]: `<!DOCTYPE x [${levels.join('')}<!ENTITY e "&l11;">]>`,
		'a text a hundred thousand times': `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}"><!ENTITY e "${'&a;'.repeat(20_000)}">]>`,
		'an entity of itself': '<!DOCTYPE x [<!ENTITY e "&f;"><!ENTITY f "&e;">]>',
	};
}

/** XML that includes other files, or expands without end. */
export const xmlBombs: Family = {
	name: 'XML bombs',
	cases: (world) =>
		Object.entries(PLACES).flatMap(([where, [mimeType, opensWith, make]]) =>
			Object.entries(definitions(world)).flatMap(([what, prolog]) => {
				const files = { [`${what}, ${where}`]: () => make(prolog) };
				// Only the deadline stops a drawing from expanding.
				if (make === inDrawing && what === LAUGHS) return withDeadline(forOffice(mimeType, 'timeout', files));
				const isOpened = opensWith === 'all' || opensWith.includes(what);
				// Without its cells, the sheet has nothing to print.
				const opened = mimeType === XLSX && what === PARAMETER ? 'unsupported_input' : 'succeeded';
				return forOffice(mimeType, isOpened ? opened : 'corrupt_input', files);
			}),
		),
};

const CELL = '<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row>';
const SHAPE =
	'<p:sp><p:nvSpPr><p:cNvPr id="7" name="x"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>&e;</a:t></a:r></a:p></p:txBody></p:sp>';
const ODS_CELL =
	'<table:table-row><table:table-cell office:value-type="string"><text:p>&e;</text:p></table:table-cell></table:table-row>';
const FRAME =
	'<draw:frame svg:width="9cm" svg:height="3cm"><draw:text-box><text:p>&e;</text:p></draw:text-box></draw:frame>';
const RELATION = '<Relationship Id="rId2" Type="http://example.com/x" Target="&e;"/>';
const TYPE = '<Default Extension="x" ContentType="&e;"/>';
const FILE_ENTRY = '<manifest:file-entry manifest:full-path="&e;" manifest:media-type=""/>';

type Place = [
	mimeType: string,
	/** The definitions with which the document opens, without their content; with others it is damaged. */
	opensWith: 'all' | readonly string[],
	make: (prolog: string) => Buffer,
];

/** Documents that use `&e;`, by where they do. */
const PLACES: Readonly<Record<string, Place>> = {
	'in a docx': [DOCX, [EXTERNAL_TYPE], (prolog) => docx({ prolog, body: paragraph('&e;') })],
	'in an xlsx': [XLSX, 'all', (prolog) => xlsx({ prolog, body: CELL })],
	'in a pptx': [PPTX, 'all', (prolog) => pptx({ prolog, body: SHAPE })],
	'in an odt': [ODT, [EXTERNAL_TYPE], (prolog) => odf('text', { prolog, body: '<text:p>&e;</text:p>' })],
	'in an ods': [ODS, [EXTERNAL_TYPE], (prolog) => odf('spreadsheet', { prolog, body: ODS_CELL })],
	'in an odp': [ODP, [EXTERNAL_TYPE], (prolog) => odf('presentation', { prolog, body: FRAME })],
	'in the relations of a docx': [DOCX, [], inPart(docxEntries(), '_rels/.rels', RELATION)],
	'in the content types of a docx': [DOCX, [], inPart(docxEntries(), '[Content_Types].xml', TYPE)],
	'in the manifest of an odt': [
		ODT,
		[PARAMETER],
		inPart(odfEntries('text'), 'META-INF/manifest.xml', FILE_ENTRY),
	],
	'in a drawing of a docx': [DOCX, 'all', inDrawing],
	'in a page of HTML': [
		HTML,
		'all',
		(prolog) =>
			Buffer.from(`<?xml version="1.0"?>${prolog}<html><body><p>Harmless</p><p>&e;</p></body></html>`),
	],
};

/** Puts a prolog into a part of an archive, and an element that uses `&e;` as the last one there. */
function inPart(entries: readonly ZipEntry[], part: string, element: string) {
	return (prolog: string): Buffer =>
		zipOf(
			entries.map((entry) => {
				if (entry.name !== part) return entry;
				const content = entry.content.toString().replace('?>', () => `?>${prolog}`);
				return { ...entry, content: content.replace(/<\/[^>]+>$/, (end) => element + end) };
			}),
		);
}

function inDrawing(prolog: string): Buffer {
	const svg = `<?xml version="1.0"?>${prolog}<svg xmlns="http://www.w3.org/2000/svg" width="200" height="90"><text x="5" y="30">&e;</text></svg>`;
	return docxShowing('svg', svg);
}
