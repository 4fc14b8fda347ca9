import { DOCX, HTML, ODP, ODS, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf, odfEntries } from '@creatorr/tools/testing/builders/odf';
import { docx, docxEntries, paragraph, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { type ZipEntry, zipOf } from '@creatorr/tools/testing/builders/zip';
import type { Family, HostileCase } from '../hostile-case.ts';
import type { World } from '../world.ts';
import { CORRUPT, forOffice, SUCCEEDS, TIMEOUT, UNSUPPORTED, withDeadline } from './case-tables.ts';
import { docxPicture } from './office-markup.ts';

const LAUGHS = 'a billion laughs';
const ELSEWHERE = 'a document type elsewhere';
const PARAMETER = 'a parameter of an address';

/** Returns document types that define `&e;`, by what it expands to. */
function definitions({ files, url }: World): Record<string, string> {
	const levels = Array.from({ length: 12 }, (_, index) =>
		index === 0 ? '<!ENTITY l0 "lol">' : `<!ENTITY l${index} "${`&l${index - 1};`.repeat(10)}">`,
	);
	return {
		'an entity of a file': `<!DOCTYPE x [<!ENTITY e SYSTEM "file://${files.text}">]>`,
		'an entity of an address': `<!DOCTYPE x [<!ENTITY e SYSTEM "${url('xxe')}">]>`,
		[PARAMETER]: `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url('dtd')}"> %p; <!ENTITY e "">]>`,
		[ELSEWHERE]: `<!DOCTYPE x SYSTEM "${url('dtd')}" [<!ENTITY e "">]>`,
		[LAUGHS]: `<!DOCTYPE x [${levels.join('')}<!ENTITY e "&l11;">]>`,
		'a text a hundred thousand times': `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(50_000)}"><!ENTITY e "${'&a;'.repeat(20_000)}">]>`,
		'an entity of itself': '<!DOCTYPE x [<!ENTITY e "&f;"><!ENTITY f "&e;">]>',
	};
}

/** XML that includes other files, or expands without end. */
export const xmlBombs: Family = {
	name: 'XML bombs',
	cases: (world) => {
		const known = definitions(world);
		return [
			...inDocuments(known, [ELSEWHERE], DOCX, {
				'in a docx': (prolog) => docx({ prolog, body: paragraph('&e;') }),
			}),
			...inDocuments(known, 'all', XLSX, {
				'in an xlsx': (prolog) => xlsx({ prolog, body: CELL }),
			}),
			...inDocuments(known, 'all', PPTX, {
				'in a pptx': (prolog) => pptx({ prolog, body: SHAPE }),
			}),
			...inDocuments(known, [ELSEWHERE], ODT, {
				'in an odt': (prolog) => odf('text', { prolog, body: '<text:p>&e;</text:p>' }),
			}),
			...inDocuments(known, [ELSEWHERE], ODS, {
				'in an ods': (prolog) => odf('spreadsheet', { prolog, body: ODS_CELL }),
			}),
			...inDocuments(known, [ELSEWHERE], ODP, {
				'in an odp': (prolog) => odf('presentation', { prolog, body: FRAME }),
			}),
			...inDocuments(known, [], DOCX, {
				'in the relations of a docx': inRelations,
				'in the content types of a docx': inContentTypes,
			}),
			...inDocuments(known, [PARAMETER], ODT, { 'in the manifest of an odt': inManifest }),
			...inDocuments(known, 'all', DOCX, { [DRAWING]: inDrawing }),
			...inDocuments(known, 'all', HTML, {
				'in a page of HTML': (prolog) =>
					Buffer.from(`<?xml version="1.0"?>${prolog}<html><body><p>Harmless</p><p>&e;</p></body></html>`),
			}),
		];
	},
};

/** Only the deadline stops a drawing from expanding. */
const DRAWING = 'in a drawing of a docx';

/** @param opensWith the definitions with which the document opens, without their content; with others it is damaged */
function inDocuments(
	known: Readonly<Record<string, string>>,
	opensWith: 'all' | readonly string[],
	mimeType: string,
	documents: Readonly<Record<string, (prolog: string) => Buffer>>,
): HostileCase[] {
	return Object.entries(documents).flatMap(([where, make]) =>
		Object.entries(known).flatMap(([what, prolog]) => {
			const files = { [`${what}, ${where}`]: () => make(prolog) };
			if (where === DRAWING && what === LAUGHS) return withDeadline(forOffice(mimeType, TIMEOUT, files));
			const isOpened = opensWith === 'all' || opensWith.includes(what);
			// Without its cells, the sheet has nothing to print.
			const opened = mimeType === XLSX && what === PARAMETER ? UNSUPPORTED : SUCCEEDS;
			return forOffice(mimeType, isOpened ? opened : CORRUPT, files);
		}),
	);
}

const CELL = '<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row>';
const SHAPE =
	'<p:sp><p:nvSpPr><p:cNvPr id="7" name="x"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>&e;</a:t></a:r></a:p></p:txBody></p:sp>';
const ODS_CELL =
	'<table:table-row><table:table-cell office:value-type="string"><text:p>&e;</text:p></table:table-cell></table:table-row>';
const FRAME =
	'<draw:frame svg:width="9cm" svg:height="3cm"><draw:text-box><text:p>&e;</text:p></draw:text-box></draw:frame>';

/** Returns an archive with a prolog in one of its XML parts, and an element that uses `&e;` as the last one there. */
function withEntity(entries: readonly ZipEntry[], part: string, prolog: string, element: string): Buffer {
	return zipOf(
		entries.map((entry) => {
			if (entry.name !== part) return entry;
			const content = entry.content.toString().replace('?>', () => `?>${prolog}`);
			return { ...entry, content: content.replace(/<\/[^>]+>$/, (end) => element + end) };
		}),
	);
}

function inRelations(prolog: string): Buffer {
	const relation = '<Relationship Id="rId2" Type="http://example.com/x" Target="&e;"/>';
	return withEntity(docxEntries(), '_rels/.rels', prolog, relation);
}

function inContentTypes(prolog: string): Buffer {
	const type = '<Default Extension="x" ContentType="&e;"/>';
	return withEntity(docxEntries(), '[Content_Types].xml', prolog, type);
}

function inManifest(prolog: string): Buffer {
	const entry = '<manifest:file-entry manifest:full-path="&e;" manifest:media-type=""/>';
	return withEntity(odfEntries('text'), 'META-INF/manifest.xml', prolog, entry);
}

function inDrawing(prolog: string): Buffer {
	const svg = `<?xml version="1.0"?>${prolog}<svg xmlns="http://www.w3.org/2000/svg" width="200" height="90"><text x="5" y="30">&e;</text></svg>`;
	return docx({
		body: docxPicture('r:embed'),
		relations: [{ id: 'rId9', type: 'image', target: 'media/a.svg' }],
		extra: [{ name: 'word/media/a.svg', content: svg }],
	});
}
