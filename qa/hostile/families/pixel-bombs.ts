import { deflateSync } from 'node:zlib';
import { DOCX, JPEG, ODT, PNG, PPTX, TIFF, WEBP } from '@creatorr/tool-kit/files/media-types';
import { jpegHead, png, pngChunk, tiff, webpCanvas, webpHead } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { pptx } from '@creatorr/tools/testing/builders/ooxml';
import { deflated, type OnePage, onePage, type RawObject } from '@creatorr/tools/testing/builders/pdf';
import type { Family, HostileCase } from '../hostile-case.ts';
import { forOcr, forOffice, forPdfTools, SHOWS_MARK } from './case-tables.ts';
import { docxShowing, pptxPicture } from './office-markup.ts';

/** Images with more pixels than fit into memory. */
export const pixelBombs: Family = {
	name: 'pixel bombs',
	cases: () => [...pictures(), ...pdfs(), ...documents()],
};

/** A complete image in black and white: many pixels in few bytes. */
const wholePng = (side: number) =>
	png(side, side, { bits: 1, data: deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 9 }) });

const comment = () =>
	pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(200_000_000, 0x20))]));
const pictures = () => [
	...forOcr(PNG, 'limit_exceeded', {
		'a PNG of 32,000 × 32,000 whole pixels': () => wholePng(32_000),
		'a PNG that claims 100,000 × 100,000': () => png(100_000, 100_000),
		'a PNG that claims 2,147,483,647 × 1': () => png(0x7fffffff, 1),
		'a PNG that claims 1 × 2,147,483,647': () => png(1, 0x7fffffff),
		'a PNG that claims 4,294,967,295 × 4,294,967,295': () => png(-1, -1),
		'a PNG in 16 bits that claims 20,000 × 20,000': () => png(20_000, 20_000, { bits: 16, colorType: 6 }),
	}),
	...forOcr(PNG, 'corrupt_input', {
		'a PNG with a comment that unpacks to 200 MB': () =>
			png(10, 10, { data: deflateSync(Buffer.alloc(110)), extra: [comment()] }),
	}),
	...forOcr(JPEG, 'limit_exceeded', {
		'a JPEG that claims 65,500 × 65,500': () => jpegHead(65_500, 65_500),
	}),
	...forOcr(JPEG, 'corrupt_input', {
		'a JPEG that claims 65,535 × 1': () => jpegHead(65_535, 1),
		'a JPEG that claims nothing': () => jpegHead(0, 0),
	}),
	...forOcr(TIFF, 'limit_exceeded', {
		'a TIFF that claims 200,000 × 200,000': () => tiff(200_000, 200_000),
		'a TIFF that claims 4,294,967,295 × 2': () => tiff(0xffffffff, 2),
	}),
	...forOcr(TIFF, 'corrupt_input', {
		'a TIFF of 60,000 samples a pixel': () => tiff(1000, 1000, { 277: 60_000 }),
		'a TIFF of strips of nothing': () => tiff(10_000, 10_000, { 278: 1, 279: 0 }),
	}),
	...forOcr(WEBP, 'limit_exceeded', {
		'a lossless WebP that claims 16,383 × 16,383': () => webpHead(16_383, 16_383),
	}),
	...forOcr(WEBP, 'corrupt_input', {
		'a WebP whose canvas claims 16,000,000 × 16,000,000': () => webpCanvas(16_000_000, 16_000_000),
	}),
];

const withImage = (image: RawObject): OnePage => ({
	resources: '/XObject << /Im1 5 0 R >>',
	content: 'q 100 0 0 100 0 0 cm /Im1 Do Q',
	objects: [image],
});
const IMAGE = '/Type /XObject /Subtype /Image';
const GRAY = '/ColorSpace /DeviceGray';

function pdfs(): HostileCase[] {
	const image = (width: number, height: number, bytes: number, format = `${GRAY} /BitsPerComponent 8`) =>
		withImage(deflated(`${IMAGE} /Width ${width} /Height ${height} ${format}`, Buffer.alloc(bytes)));
	const inks = `[/DeviceN [${'/A '.repeat(1000)}] /DeviceCMYK << /FunctionType 4 /Domain [0 1] /Range [0 1] >>]`;
	return [
		...forPdfTools(SHOWS_MARK, {
			'an image that claims 1,000,000 × 1,000,000': image(1_000_000, 1_000_000, 1000),
			'an image of 30,000 × 30,000 whole pixels': () =>
				onePage(image(30_000, 30_000, (30_000 / 8) * 30_000, `${GRAY} /BitsPerComponent 1`)),
			'an image that claims 2,147,483,647 × 2,147,483,647': image(0x7fffffff, 0x7fffffff, 1000),
			'an image of negative size': image(-100, -100, 1000),
			'an image of no size': image(0, 0, 0),
			'an image of 1,000 inks': image(100, 100, 1000, `/BitsPerComponent 8 /ColorSpace ${inks}`),
			'an image of 1,000 bits a component': image(100, 100, 1000, `${GRAY} /BitsPerComponent 1000`),
			'a JPEG that claims 65,500 × 65,500': withImage({
				dictionary: `${IMAGE} /Width 65500 /Height 65500 ${GRAY} /BitsPerComponent 8 /Filter /DCTDecode`,
				stream: jpegHead(65_500, 65_500),
			}),
			'a page of 14,400 inches': { box: '0 0 1036800 1036800' },
			'a page of a unit of 75,000': { page: '/UserUnit 75000' },
		}),
		...forPdfTools('succeeded', {
			'a page of no size': { box: '0 0 0 0' },
			'a page of endless size': { box: '-1e38 -1e38 1e38 1e38' },
		}),
	];
}

const word = (content: Buffer) => docxShowing('png', content);
const slide = (content: Buffer) =>
	pptx({
		body: pptxPicture('<a:blip r:embed="rId9"/>'),
		relations: [{ id: 'rId9', type: 'image', target: '../media/a.png' }],
		extra: [{ name: 'ppt/media/a.png', content }],
	});
const text = (content: Buffer) =>
	odf('text', {
		body: '<text:p><draw:frame svg:width="3cm" svg:height="3cm"><draw:image xlink:href="Pictures/a.png"/></draw:frame></text:p>',
		extra: [{ name: 'Pictures/a.png', content }],
		types: { 'Pictures/a.png': 'image/png' },
	});
const documents = () => [
	...forOffice(DOCX, 'limit_exceeded', {
		'a docx with a PNG of 30,000 × 30,000': () => word(wholePng(30_000)),
	}),
	...forOffice(DOCX, SHOWS_MARK, {
		'a docx with a PNG that claims 2,000,000 × 2,000,000': () => word(png(2_000_000, 2_000_000)),
		'a docx with a JPEG that claims 65,500 × 65,500': () => word(jpegHead(65_500, 65_500)),
	}),
	...forOffice(PPTX, 'limit_exceeded', {
		'a pptx with a PNG of 30,000 × 30,000': () => slide(wholePng(30_000)),
	}),
	...forOffice(ODT, 'limit_exceeded', {
		'an odt with a PNG of 30,000 × 30,000': () => text(wholePng(30_000)),
	}),
];
