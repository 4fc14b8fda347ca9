import { MARK } from './pdf.ts';
import { type ZipEntry, zipOf } from './zip.ts';

const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'application/vnd.openxmlformats-officedocument';

export interface Relation {
	id: string;
	/** Last part of the relation type's URI, or the whole URI. */
	type: string;
	target: string;
	isExternal?: boolean;
}

interface OoxmlParts {
	/** Width and height of slides, in units of 1/360,000 cm. */
	slideSize?: [number, number];
	/** Body of the document, sheet or slide. */
	body?: string;
	/** Relations of the main part; for slides, of the slide. */
	relations?: readonly Relation[];
	extra?: readonly ZipEntry[];
	/** XML before the root element of the main part. */
	prolog?: string;
	/** The whole main part, for invalid XML. */
	main?: string | Buffer;
	/** Content type of the main part. */
	mainType?: string;
	/** Further entries of [Content_Types].xml. */
	types?: string;
}

const NAMESPACES =
	'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"';

export const paragraph = (text: string) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

export function relationsXml(relations: readonly Relation[]): string {
	const items = relations.map(({ id, type, target, isExternal }) => {
		const mode = isExternal ? ' TargetMode="External"' : '';
		const address = type.includes(':') ? type : `${OFFICE}/${type}`;
		return `<Relationship Id="${id}" Type="${address}" Target="${target}"${mode}/>`;
	});
	return `<?xml version="1.0"?><Relationships xmlns="${PACKAGE}/relationships">${items.join('')}</Relationships>`;
}

function contentTypes(overrides: string): string {
	return `<?xml version="1.0"?><Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="svg" ContentType="image/svg+xml"/><Default Extension="emf" ContentType="image/x-emf"/><Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>${overrides}</Types>`;
}

const override = (part: string, type: string) => `<Override PartName="${part}" ContentType="${type}"/>`;
const office = (target: string) => relationsXml([{ id: 'rId1', type: 'officeDocument', target }]);

/** Returns a docx with the text "Harmless" and these parts. */
export function docx(parts: OoxmlParts = {}): Buffer {
	return zipOf(docxEntries(parts));
}

export function docxEntries(parts: OoxmlParts = {}): ZipEntry[] {
	const mainType = parts.mainType ?? `${MAIN}.wordprocessingml.document.main+xml`;
	const body = `${paragraph(MARK)}${parts.body ?? ''}`;
	const main =
		parts.main ??
		`<?xml version="1.0"?>${parts.prolog ?? ''}<w:document ${NAMESPACES}><w:body>${body}</w:body></w:document>`;
	return [
		{
			name: '[Content_Types].xml',
			content: contentTypes(override('/word/document.xml', mainType) + (parts.types ?? '')),
		},
		{ name: '_rels/.rels', content: office('word/document.xml') },
		{ name: 'word/document.xml', content: main },
		{ name: 'word/_rels/document.xml.rels', content: relationsXml(parts.relations ?? []) },
		...(parts.extra ?? []),
	];
}

const SHEET = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** Returns an xlsx whose first cell is "Harmless". The body has further rows, `<row r="2">…`. */
export function xlsx(
	parts: OoxmlParts & { workbook?: string; workbookRelations?: readonly Relation[] } = {},
): Buffer {
	const mark = `<row r="1"><c r="A1" t="inlineStr"><is><t>${MARK}</t></is></c></row>`;
	const sheet =
		parts.main ??
		`<?xml version="1.0"?>${parts.prolog ?? ''}<worksheet xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheetData>${mark}${parts.body ?? ''}</sheetData></worksheet>`;
	const workbook = `<?xml version="1.0"?><workbook xmlns="${SHEET}" xmlns:r="${OFFICE}"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets>${parts.workbook ?? ''}</workbook>`;
	const mainType = parts.mainType ?? `${MAIN}.spreadsheetml.sheet.main+xml`;
	const types =
		override('/xl/workbook.xml', mainType) +
		override('/xl/worksheets/sheet1.xml', `${MAIN}.spreadsheetml.worksheet+xml`);
	return zipOf([
		{ name: '[Content_Types].xml', content: contentTypes(types + (parts.types ?? '')) },
		{ name: '_rels/.rels', content: office('xl/workbook.xml') },
		{ name: 'xl/workbook.xml', content: workbook },
		{
			name: 'xl/_rels/workbook.xml.rels',
			content: relationsXml([
				{ id: 'rId1', type: 'worksheet', target: 'worksheets/sheet1.xml' },
				...(parts.workbookRelations ?? []),
			]),
		},
		{ name: 'xl/worksheets/sheet1.xml', content: sheet },
		{ name: 'xl/worksheets/_rels/sheet1.xml.rels', content: relationsXml(parts.relations ?? []) },
		...(parts.extra ?? []),
	]);
}

const SLIDES = 'http://schemas.openxmlformats.org/presentationml/2006/main';

/** Returns a pptx with one slide "Harmless". The body has further shapes. */
export function pptx(parts: OoxmlParts = {}): Buffer {
	const [width, height] = parts.slideSize ?? [9_144_000, 6_858_000];
	const names = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="${OFFICE}" xmlns:p="${SLIDES}"`;
	const group = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>';
	const shape = `<p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="900000" y="900000"/><a:ext cx="5000000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>${MARK}</a:t></a:r></a:p></p:txBody></p:sp>`;
	const slide =
		parts.main ??
		`<?xml version="1.0"?>${parts.prolog ?? ''}<p:sld ${names}><p:cSld><p:spTree>${group}${shape}${parts.body ?? ''}</p:spTree></p:cSld></p:sld>`;
	const presentation = `<?xml version="1.0"?><p:presentation ${names}><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst><p:sldSz cx="${width}" cy="${height}"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`;
	const mainType = parts.mainType ?? `${MAIN}.presentationml.presentation.main+xml`;
	const types =
		override('/ppt/presentation.xml', mainType) +
		override('/ppt/slides/slide1.xml', `${MAIN}.presentationml.slide+xml`);
	return zipOf([
		{ name: '[Content_Types].xml', content: contentTypes(types + (parts.types ?? '')) },
		{ name: '_rels/.rels', content: office('ppt/presentation.xml') },
		{ name: 'ppt/presentation.xml', content: presentation },
		{
			name: 'ppt/_rels/presentation.xml.rels',
			content: relationsXml([{ id: 'rId1', type: 'slide', target: 'slides/slide1.xml' }]),
		},
		{ name: 'ppt/slides/slide1.xml', content: slide },
		{ name: 'ppt/slides/_rels/slide1.xml.rels', content: relationsXml(parts.relations ?? []) },
		...(parts.extra ?? []),
	]);
}
