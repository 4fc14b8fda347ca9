import { DOCX } from '@creatorr/tool-kit/files/media-types';
import { docx, type Relation, relationsXml } from '@creatorr/tools/testing/builders/ooxml';
import { escaped, external, type Link } from './link.ts';

const SIZE = '<wp:extent cx="900000" cy="900000"/><wp:docPr id="1" name="p"/>';
const SHAPE =
	'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr>';
const PICTURE = `<w:p><w:r><w:drawing><wp:inline>${SIZE}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>${SHAPE}</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;

const field = (instruction: string) =>
	`<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> ${escaped(instruction)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>old</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;
const backslashed = (address: string) => address.replaceAll('\\', '\\\\');
const settings = (relations: readonly Relation[], body: string) => ({
	relations: [{ id: 'rId8', type: 'settings', target: 'settings.xml' }],
	types:
		'<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>',
	extra: [
		{
			name: 'word/settings.xml',
			content: `<?xml version="1.0"?><w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">${body}</w:settings>`,
		},
		{ name: 'word/_rels/settings.xml.rels', content: relationsXml(relations) },
	],
});

/** Of docx. */
export const WORD: readonly Link[] = [
	{
		name: 'a picture of a docx',
		mimeType: DOCX,
		kind: 'png',
		make: (at) => docx({ body: PICTURE, relations: external('image', at) }),
	},
	{
		name: 'a picture of a docx in VML',
		mimeType: DOCX,
		kind: 'png',
		isRare: true,
		make: (at) =>
			docx({
				body: '<w:p><w:r><w:pict><v:shape style="width:90pt;height:90pt"><v:imagedata r:id="rId9"/></v:shape></w:pict></w:r></w:p>',
				relations: external('image', at),
			}),
	},
	{
		name: 'a picture field of a docx',
		mimeType: DOCX,
		kind: 'png',
		isRare: true,
		make: (at) => docx({ body: field(`INCLUDEPICTURE "${backslashed(at)}" \\d`) }),
	},
	{
		name: 'a text field of a docx',
		mimeType: DOCX,
		kind: 'docx',
		isRare: true,
		make: (at) => docx({ body: field(`INCLUDETEXT "${backslashed(at)}"`) }),
	},
	{
		name: 'the template of a docx',
		mimeType: DOCX,
		kind: 'docx',
		make: (at) => docx(settings(external('attachedTemplate', at), '<w:attachedTemplate r:id="rId9"/>')),
	},
	{
		name: 'the mail merge of a docx',
		mimeType: DOCX,
		kind: 'csv',
		isRare: true,
		make: (at) =>
			docx(
				settings(
					external('mailMergeSource', at),
					'<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="textFile"/><w:dataSource r:id="rId9"/></w:mailMerge>',
				),
			),
	},
	{
		name: 'a part of a docx in another format',
		mimeType: DOCX,
		kind: 'html',
		isRare: true,
		make: (at) => docx({ body: '<w:altChunk r:id="rId9"/>', relations: external('aFChunk', at) }),
	},
	{
		name: 'a part of a docx',
		mimeType: DOCX,
		kind: 'docx',
		isRare: true,
		make: (at) =>
			docx({ body: '<w:p><w:subDoc r:id="rId9"/></w:p>', relations: external('subDocument', at) }),
	},
	{
		name: 'an object of a docx',
		mimeType: DOCX,
		kind: 'ods',
		isRare: true,
		make: (at) =>
			docx({
				body: '<w:p><w:r><w:object><v:shape id="s" style="width:90pt;height:90pt"/><o:OLEObject Type="Link" ProgID="Excel.Sheet.12" ShapeID="s" DrawAspect="Content" r:id="rId9" UpdateMode="Always"/></w:object></w:r></w:p>',
				relations: external('oleObject', at),
			}),
	},
	{
		name: 'a link field of a docx',
		mimeType: DOCX,
		kind: 'ods',
		isRare: true,
		make: (at) => docx({ body: field(`LINK Excel.Sheet.12 "${backslashed(at)}" "One!R1C1" \\a \\p`) }),
	},
	{
		name: 'a dynamic link of a docx',
		mimeType: DOCX,
		kind: 'text',
		isRare: true,
		make: (at) =>
			docx({ body: field(`DDEAUTO "C:\\\\Windows\\\\System32\\\\cmd.exe" "/k curl ${backslashed(at)}"`) }),
	},
	{
		name: 'a frame of a docx',
		mimeType: DOCX,
		kind: 'html',
		isRare: true,
		make: (at) =>
			docx({
				relations: [{ id: 'rId8', type: 'webSettings', target: 'webSettings.xml' }],
				types:
					'<Override PartName="/word/webSettings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.webSettings+xml"/>',
				extra: [
					{
						name: 'word/webSettings.xml',
						content:
							'<?xml version="1.0"?><w:webSettings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:frameset><w:frame><w:sourceFileName r:id="rId9"/></w:frame></w:frameset></w:webSettings>',
					},
					{ name: 'word/_rels/webSettings.xml.rels', content: relationsXml(external('frame', at)) },
				],
			}),
	},
	{
		name: 'a drawing of a docx that links',
		mimeType: DOCX,
		kind: 'png',
		isRare: true,
		make: (at) =>
			docx({
				body: PICTURE.replace('r:link', 'r:embed'),
				relations: [{ id: 'rId9', type: 'image', target: 'media/a.svg' }],
				extra: [
					{
						name: 'word/media/a.svg',
						content: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200"><image width="200" height="200" xlink:href="${escaped(at)}"/><use xlink:href="${escaped(at)}#a"/><style>@import "${escaped(at)}";</style></svg>`,
					},
				],
			}),
	},
	{
		name: 'a link of a docx',
		mimeType: DOCX,
		kind: 'docx',
		isRare: true,
		make: (at) =>
			docx({
				body: `<w:p><w:hyperlink r:id="rId9"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>`,
				relations: external('hyperlink', at),
			}),
	},
];
