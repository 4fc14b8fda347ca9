import { ODP, ODT, PPTX } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { pptx } from '@creatorr/tools/testing/builders/ooxml';
import type { SecretFile } from '../../world.ts';
import { pptxPicture } from '../office-markup.ts';
import { ADDRESS, external, type LinkTable, linkTable } from './link-table.ts';

type Texts = Readonly<Record<string, string>>;

const odt = (kind: SecretFile, bodies: Texts) =>
	linkTable(ODT, kind, bodies, (body) => odf('text', { body }));
/** The text uses the style P and the list style L, which the head may define. */
const odtHead = (heads: Texts) =>
	linkTable(ODT, 'png', heads, (head) =>
		odf('text', {
			head,
			body: '<text:p text:style-name="P">text</text:p><text:list text:style-name="L"><text:list-item><text:p>text</text:p></text:list-item></text:list>',
		}),
	);
const odp = (bodies: Texts) => linkTable(ODP, 'png', bodies, (body) => odf('presentation', { body }));
const slide = (relation: string, bodies: Texts) =>
	linkTable(PPTX, 'png', bodies, (body, address) => pptx({ body, relations: external(relation, address) }));

const ON_LOAD = `xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="${ADDRESS}"`;
const picture = `<draw:frame svg:width="3cm" svg:height="3cm"><draw:image ${ON_LOAD}/></draw:frame>`;
const frame = (element: string, attributes = '') =>
	`<draw:frame svg:width="5cm" svg:height="3cm"><draw:${element} ${ON_LOAD}${attributes}/></draw:frame>`;
const section = (source: string) =>
	`<text:section text:name="s">${source}<text:p>old</text:p></text:section>`;
const styles = (content: string) => `<office:automatic-styles>${content}</office:automatic-styles>`;

/** Links of odt, odp and pptx. */
export const TEXTS_AND_SLIDES: readonly LinkTable[] = [
	odt('png', { 'a picture of an odt': `<text:p>${picture}</text:p>` }),
	odt('docx', {
		'a section of an odt': section(`<text:section-source xlink:type="simple" xlink:href="${ADDRESS}"/>`),
	}),
	odt('text', {
		'a section of text of an odt': section(
			`<text:section-source xlink:href="${ADDRESS}" text:filter-name="Text"/>`,
		),
		'a dynamic section of an odt': section(
			`<office:dde-source office:dde-application="soffice" office:dde-topic="${ADDRESS}" office:dde-item="a" office:automatic-update="true"/>`,
		),
	}),
	odt('ods', { 'an object of an odt': `<text:p>${frame('object')}</text:p>` }),
	odt('html', {
		'a frame within an odt': `<text:p>${frame('floating-frame')}</text:p>`,
		'a plugin of an odt': `<text:p>${frame('plugin')}</text:p>`,
	}),
	odtHead({
		'the background of an odt': styles(
			`<style:style style:name="P" style:family="paragraph"><style:paragraph-properties><style:background-image xlink:type="simple" xlink:actuate="onLoad" xlink:href="${ADDRESS}"/></style:paragraph-properties></style:style>`,
		),
		'the bullets of an odt': styles(
			`<text:list-style style:name="L"><text:list-level-style-image text:level="1" xlink:type="simple" xlink:href="${ADDRESS}"><style:list-level-properties fo:width="1cm" fo:height="1cm"/></text:list-level-style-image></text:list-style>`,
		),
		'the font of an odt': `<office:font-face-decls><style:font-face style:name="X" svg:font-family="X"><svg:font-face-src><svg:font-face-uri xlink:type="simple" xlink:href="${ADDRESS}"/></svg:font-face-src></style:font-face></office:font-face-decls>`,
	}),
	odp({
		'a picture of an odp': picture,
		'a film of an odp': frame('plugin', ' draw:mime-type="application/vnd.sun.star.media"'),
	}),
	slide('image', { 'a picture of a pptx': pptxPicture('<a:blip r:link="rId9"/>') }),
	slide('video', { 'a film of a pptx': pptxPicture('', '<a:videoFile r:link="rId9"/>') }),
];
