import { DOCX, HTML, ODP, ODS, ODT, PPTX, XLSX } from '@creatorr/tool-kit/files/media-types';
import { odf, odfEntries } from '@creatorr/tools/testing/builders/odf';
import { docx, docxEntries, paragraph, pptx, xlsx } from '@creatorr/tools/testing/builders/ooxml';
import { zipOf } from '@creatorr/tools/testing/builders/zip';
import { type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';
import type { World } from '../world.ts';

/** A document type that says what `&e;` stands for, by what it does. */
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

interface Place {
	name: string;
	mimeType: string;
	make(prolog: string): Buffer;
	/** With which the document opens all the same, without what they stand for; with others it is damaged. */
	opensWith: 'all' | readonly string[];
	/** With these what is left has nothing to print. */
	isEmptyWith?: readonly string[];
}

const DRAWING = 'in a drawing of a docx';
const LAUGHS = 'a billion laughs';
const ELSEWHERE = 'a document type elsewhere';
const PARAMETER = 'a parameter of an address';

const cell = '<row r="2"><c r="A2" t="inlineStr"><is><t>&e;</t></is></c></row>';
const shape =
	'<p:sp><p:nvSpPr><p:cNvPr id="7" name="x"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:p><a:r><a:t>&e;</a:t></a:r></a:p></p:txBody></p:sp>';
const odfCell =
	'<table:table-row><table:table-cell office:value-type="string"><text:p>&e;</text:p></table:table-cell></table:table-row>';
const frame =
	'<draw:frame svg:width="9cm" svg:height="3cm"><draw:text-box><text:p>&e;</text:p></draw:text-box></draw:frame>';

const PLACES: readonly Place[] = [
	{
		opensWith: [ELSEWHERE],
		name: 'in a docx',
		mimeType: DOCX,
		make: (prolog) => docx({ prolog, body: paragraph('&e;') }),
	},
	{
		opensWith: 'all',
		isEmptyWith: [PARAMETER],
		name: 'in an xlsx',
		mimeType: XLSX,
		make: (prolog) => xlsx({ prolog, body: cell }),
	},
	{ opensWith: 'all', name: 'in a pptx', mimeType: PPTX, make: (prolog) => pptx({ prolog, body: shape }) },
	{
		opensWith: [ELSEWHERE],
		name: 'in an odt',
		mimeType: ODT,
		make: (prolog) => odf('text', { prolog, body: '<text:p>&e;</text:p>' }),
	},
	{
		opensWith: [ELSEWHERE],
		name: 'in an ods',
		mimeType: ODS,
		make: (prolog) => odf('spreadsheet', { prolog, body: odfCell }),
	},
	{
		opensWith: [ELSEWHERE],
		name: 'in an odp',
		mimeType: ODP,
		make: (prolog) => odf('presentation', { prolog, body: frame }),
	},
	{ opensWith: [], name: 'in the relations of a docx', mimeType: DOCX, make: inRelations },
	{ opensWith: [], name: 'in the content types of a docx', mimeType: DOCX, make: inTypes },
	{ opensWith: [PARAMETER], name: 'in the manifest of an odt', mimeType: ODT, make: inManifest },
	{ opensWith: 'all', name: DRAWING, mimeType: DOCX, make: inDrawing },
	{
		opensWith: 'all',
		name: 'in a page of HTML',
		mimeType: HTML,
		make: (prolog) =>
			Buffer.from(`<?xml version="1.0"?>${prolog}<html><body><p>Harmless</p><p>&e;</p></body></html>`),
	},
];

function inRelations(prolog: string): Buffer {
	const relations = `<?xml version="1.0"?>${prolog}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://example.com/x" Target="&e;"/></Relationships>`;
	return zipOf(
		docxEntries().map((entry) => (entry.name === '_rels/.rels' ? { ...entry, content: relations } : entry)),
	);
}

function inTypes(prolog: string): Buffer {
	return zipOf(
		docxEntries().map((entry) =>
			entry.name === '[Content_Types].xml'
				? {
						...entry,
						content: entry.content
							.toString()
							.replace('?>', `?>${prolog}`)
							.replace('</Types>', '<Default Extension="x" ContentType="&e;"/></Types>'),
					}
				: entry,
		),
	);
}

function inManifest(prolog: string): Buffer {
	return zipOf(
		odfEntries('text').map((entry) =>
			entry.name === 'META-INF/manifest.xml'
				? {
						...entry,
						content: entry.content
							.toString()
							.replace('?>', `?>${prolog}`)
							.replace(
								'</manifest:manifest>',
								'<manifest:file-entry manifest:full-path="&e;" manifest:media-type=""/></manifest:manifest>',
							),
					}
				: entry,
		),
	);
}

function inDrawing(prolog: string): Buffer {
	const svg = `<?xml version="1.0"?>${prolog}<svg xmlns="http://www.w3.org/2000/svg" width="200" height="90"><text x="5" y="30">&e;</text></svg>`;
	const drawing =
		'<w:p><w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/><a:stretch/></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>';
	return docx({
		body: drawing,
		relations: [{ id: 'rId9', type: 'image', target: 'media/a.svg' }],
		extra: [{ name: 'word/media/a.svg', content: svg }],
	});
}

/** XML that takes in other files, or swells. */
export const xmlBombs: Family = {
	name: 'XML bombs',
	cases: (world) =>
		PLACES.flatMap(({ name, mimeType, make, opensWith, isEmptyWith }) =>
			Object.entries(definitions(world)).map(([what, prolog]): HostileCase => {
				const isOpened = opensWith === 'all' || opensWith.includes(what);
				const one = { tool: 'office_to_pdf', fileName: 'a', mimeType, make: () => make(prolog) } as const;
				const opened = isEmptyWith?.includes(what) ? fails('unsupported_input') : succeeds();
				const expected = isOpened ? opened : fails('corrupt_input');
				// Nobody stops a drawing from swelling but the deadline.
				const isEndless = name === DRAWING && what === LAUGHS;
				return {
					...{ name: `${what}, ${name}`, ...one, expected },
					...(isEndless && { expected: fails('timeout'), deadlineMs: 20_000 }),
				};
			}),
		),
};
