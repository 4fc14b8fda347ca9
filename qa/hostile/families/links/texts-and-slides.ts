import { ODP, ODT, PPTX } from '@creatorr/tool-kit/files/media-types';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { pptx } from '@creatorr/tools/testing/builders/ooxml';
import { escaped, external, type Link } from './link.ts';

const image = (at: string) =>
	`<draw:frame svg:width="3cm" svg:height="3cm"><draw:image xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="${escaped(at)}"/></draw:frame>`;

/** Of odt, odp and pptx. */
export const TEXTS_AND_SLIDES: readonly Link[] = [
	{
		name: 'a picture of an odt',
		mimeType: ODT,
		kind: 'png',
		isUrl: true,
		make: (at) => odf('text', { body: `<text:p>${image(at)}</text:p>` }),
	},
	{
		name: 'a section of an odt',
		mimeType: ODT,
		kind: 'docx',
		make: (at) =>
			odf('text', {
				body: `<text:section text:name="s"><text:section-source xlink:type="simple" xlink:href="${escaped(at)}"/>${'<text:p>old</text:p>'}</text:section>`,
			}),
	},
	{
		name: 'a section of text of an odt',
		mimeType: ODT,
		kind: 'text',
		isRare: true,
		make: (at) =>
			odf('text', {
				body: `<text:section text:name="s"><text:section-source xlink:href="${escaped(at)}" text:filter-name="Text"/><text:p>old</text:p></text:section>`,
			}),
	},
	{
		name: 'a dynamic section of an odt',
		mimeType: ODT,
		kind: 'text',
		isRare: true,
		make: (at) =>
			odf('text', {
				body: `<text:section text:name="s"><office:dde-source office:dde-application="soffice" office:dde-topic="${escaped(at)}" office:dde-item="a" office:automatic-update="true"/><text:p>old</text:p></text:section>`,
			}),
	},
	{
		name: 'an object of an odt',
		mimeType: ODT,
		kind: 'ods',
		isRare: true,
		make: (at) =>
			odf('text', {
				body: `<text:p><draw:frame svg:width="5cm" svg:height="3cm"><draw:object xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="${escaped(at)}"/></draw:frame></text:p>`,
			}),
	},
	{
		name: 'a frame within an odt',
		mimeType: ODT,
		kind: 'html',
		isRare: true,
		make: (at) =>
			odf('text', {
				body: `<text:p><draw:frame svg:width="5cm" svg:height="3cm"><draw:floating-frame xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="${escaped(at)}"/></draw:frame></text:p>`,
			}),
	},
	{
		name: 'a plugin of an odt',
		mimeType: ODT,
		kind: 'html',
		isRare: true,
		make: (at) =>
			odf('text', {
				body: `<text:p><draw:frame svg:width="5cm" svg:height="3cm"><draw:plugin xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" xlink:href="${escaped(at)}"/></draw:frame></text:p>`,
			}),
	},
	{
		name: 'the background of an odt',
		mimeType: ODT,
		kind: 'png',
		isRare: true,
		make: (at) =>
			odf('text', {
				head: `<office:automatic-styles><style:style style:name="P" style:family="paragraph"><style:paragraph-properties><style:background-image xlink:type="simple" xlink:actuate="onLoad" xlink:href="${escaped(at)}"/></style:paragraph-properties></style:style></office:automatic-styles>`,
				body: '<text:p text:style-name="P">text</text:p>',
			}),
	},
	{
		name: 'the bullets of an odt',
		mimeType: ODT,
		kind: 'png',
		isRare: true,
		make: (at) =>
			odf('text', {
				head: `<office:automatic-styles><text:list-style style:name="L"><text:list-level-style-image text:level="1" xlink:type="simple" xlink:href="${escaped(at)}"><style:list-level-properties fo:width="1cm" fo:height="1cm"/></text:list-level-style-image></text:list-style></office:automatic-styles>`,
				body: '<text:list text:style-name="L"><text:list-item><text:p>text</text:p></text:list-item></text:list>',
			}),
	},
	{
		name: 'the font of an odt',
		mimeType: ODT,
		kind: 'png',
		isRare: true,
		make: (at) =>
			odf('text', {
				head: `<office:font-face-decls><style:font-face style:name="X" svg:font-family="X"><svg:font-face-src><svg:font-face-uri xlink:type="simple" xlink:href="${escaped(at)}"/></svg:font-face-src></style:font-face></office:font-face-decls>`,
			}),
	},
	{
		name: 'a picture of an odp',
		mimeType: ODP,
		kind: 'png',
		isRare: true,
		make: (at) => odf('presentation', { body: image(at) }),
	},
	{
		name: 'a film of an odp',
		mimeType: ODP,
		kind: 'png',
		isRare: true,
		make: (at) =>
			odf('presentation', {
				body: `<draw:frame svg:width="5cm" svg:height="3cm"><draw:plugin xlink:href="${escaped(at)}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" draw:mime-type="application/vnd.sun.star.media"/></draw:frame>`,
			}),
	},
	{
		name: 'a picture of a pptx',
		mimeType: PPTX,
		kind: 'png',
		isRare: true,
		make: (at) =>
			pptx({
				body: '<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:link="rId9"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></p:spPr></p:pic>',
				relations: external('image', at),
			}),
	},
	{
		name: 'a film of a pptx',
		mimeType: PPTX,
		kind: 'png',
		isRare: true,
		make: (at) =>
			pptx({
				body: '<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr><a:videoFile r:link="rId9"/></p:nvPr></p:nvPicPr><p:blipFill/><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm></p:spPr></p:pic>',
				relations: external('video', at),
			}),
	},
];
