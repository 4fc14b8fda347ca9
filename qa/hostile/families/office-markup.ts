import { docx, type Relation, relationsXml } from '@creatorr/tools/testing/builders/ooxml';

const OFFSET_AND_SIZE = '<a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/>';
const STRETCH = '<a:stretch><a:fillRect/></a:stretch>';
const SHAPE = `<a:xfrm>${OFFSET_AND_SIZE}</a:xfrm><a:prstGeom prst="rect"/>`;

/** Returns a picture of a docx: the relation rId9, embedded or linked. */
export const docxPicture = (attribute: 'r:embed' | 'r:link') =>
	`<w:p><w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip ${attribute}="rId9"/>${STRETCH}</pic:blipFill><pic:spPr>${SHAPE}</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;

/** Returns a docx that shows a file of this type as a picture. */
export const docxShowing = (extension: 'png' | 'svg', content: Buffer | string) =>
	docx({
		body: docxPicture('r:embed'),
		relations: [{ id: 'rId9', type: 'image', target: `media/a.${extension}` }],
		extra: [{ name: `word/media/a.${extension}`, content }],
	});

export const pptxPicture = (blip: string, properties = '') =>
	`<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr>${properties}</p:nvPr></p:nvPicPr><p:blipFill>${blip}${STRETCH}</p:blipFill><p:spPr>${SHAPE}</p:spPr></p:pic>`;

/** Returns a part of a docx beside its text, such as `settings`, with relations of its own. */
export function docxPart(name: string, content: string, relations: readonly Relation[], root = name) {
	const namespaces =
		'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"';
	return {
		relations: [{ id: 'rId8', type: name, target: `${name}.xml` }],
		types: `<Override PartName="/word/${name}.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.${name}+xml"/>`,
		extra: [
			{
				name: `word/${name}.xml`,
				content: `<?xml version="1.0"?><w:${root} ${namespaces}>${content}</w:${root}>`,
			},
			{ name: `word/_rels/${name}.xml.rels`, content: relationsXml(relations) },
		],
	};
}
