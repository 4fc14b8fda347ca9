import { deflateSync } from 'node:zlib';
import { DOCX, JPEG, ODT, PDF, PNG, PPTX, TIFF, WEBP } from '@creatorr/tool-kit/files/media-types';
import { jpegHead, png, pngChunk, tiff, webpCanvas, webpHead } from '@creatorr/tools/testing/builders/images';
import { odf } from '@creatorr/tools/testing/builders/odf';
import { docx, pptx } from '@creatorr/tools/testing/builders/ooxml';
import { deflated, onePage } from '@creatorr/tools/testing/builders/pdf';
import { type Expected, type Family, fails, type HostileCase, succeeds } from '../hostile-case.ts';

const TOO_MUCH = fails('limit_exceeded');
const CORRUPT = fails('corrupt_input');
/** Black and white, whole: much in few bytes. */
const wholePng = (side: number) =>
	png(side, side, { bits: 1, data: deflateSync(Buffer.alloc((side / 8 + 1) * side), { level: 9 }) });

/** Pictures of more pixels than fit anywhere. */
export const pixelBombs: Family = {
	name: 'pixel bombs',
	cases: () => [...pictures(), ...inPdfs(), ...inDocuments()],
};

function pictures(): HostileCase[] {
	const of = (name: string, mimeType: string, make: () => Buffer, expected = TOO_MUCH): HostileCase => ({
		...{ name, tool: 'ocr', fileName: 'a', mimeType, make, expected },
	});
	const comment = () =>
		pngChunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(200_000_000, 0x20))]));
	return [
		of('a PNG of 32,000 × 32,000 whole pixels', PNG, () => wholePng(32_000)),
		of('a PNG that claims 100,000 × 100,000', PNG, () => png(100_000, 100_000)),
		of('a PNG that claims 2,147,483,647 × 1', PNG, () => png(0x7fffffff, 1)),
		of('a PNG that claims 1 × 2,147,483,647', PNG, () => png(1, 0x7fffffff)),
		of('a PNG that claims 4,294,967,295 × 4,294,967,295', PNG, () => png(-1, -1)),
		of('a PNG in 16 bits that claims 20,000 × 20,000', PNG, () =>
			png(20_000, 20_000, { bits: 16, colourType: 6 }),
		),
		of(
			'a PNG with a comment that unpacks to 200 MB',
			PNG,
			() => png(10, 10, { data: deflateSync(Buffer.alloc(110)), extra: [comment()] }),
			CORRUPT,
		),
		of('a JPEG that claims 65,500 × 65,500', JPEG, () => jpegHead(65_500, 65_500)),
		of('a JPEG that claims 65,535 × 1', JPEG, () => jpegHead(65_535, 1), CORRUPT),
		of('a JPEG that claims nothing', JPEG, () => jpegHead(0, 0), CORRUPT),
		of('a TIFF that claims 200,000 × 200,000', TIFF, () => tiff(200_000, 200_000)),
		of('a TIFF that claims 4,294,967,295 × 2', TIFF, () => tiff(0xffffffff, 2)),
		of('a TIFF of 60,000 samples a pixel', TIFF, () => tiff(1000, 1000, { 277: 60_000 }), CORRUPT),
		of('a TIFF of strips of nothing', TIFF, () => tiff(10_000, 10_000, { 278: 1, 279: 0 }), CORRUPT),
		of('a lossless WebP that claims 16,383 × 16,383', WEBP, () => webpHead(16_383, 16_383)),
		of(
			'a WebP whose canvas claims 16,000,000 × 16,000,000',
			WEBP,
			() => webpCanvas(16_000_000, 16_000_000),
			CORRUPT,
		),
	];
}

function inPdfs(): HostileCase[] {
	const of = (name: string, make: () => Buffer, expected: Expected = succeeds(/Harmless/)): HostileCase[] =>
		(['compress_heavy', 'ocr'] as const).map((tool) => ({
			...{ name: `${name}, for ${tool}`, tool, fileName: 'a.pdf', mimeType: PDF, make, expected },
		}));
	const image = (
		width: number,
		height: number,
		bytes: number,
		more = '/ColorSpace /DeviceGray /BitsPerComponent 8',
	) =>
		onePage({
			resources: '/XObject << /Im1 5 0 R >>',
			content: 'q 100 0 0 100 0 0 cm /Im1 Do Q',
			objects: [
				deflated(
					`/Type /XObject /Subtype /Image /Width ${width} /Height ${height} ${more}`,
					Buffer.alloc(bytes),
				),
			],
		});
	const jpeg = () =>
		onePage({
			resources: '/XObject << /Im1 5 0 R >>',
			content: 'q 100 0 0 100 0 0 cm /Im1 Do Q',
			objects: [
				{
					dictionary:
						'/Type /XObject /Subtype /Image /Width 65500 /Height 65500 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode',
					stream: jpegHead(65_500, 65_500),
				},
			],
		});
	return [
		...of('an image that claims 1,000,000 × 1,000,000', () => image(1_000_000, 1_000_000, 1000)),
		...of('an image of 30,000 × 30,000 whole pixels', () =>
			image(30_000, 30_000, (30_000 / 8) * 30_000, '/ColorSpace /DeviceGray /BitsPerComponent 1'),
		),
		...of('an image that claims 2,147,483,647 × 2,147,483,647', () => image(0x7fffffff, 0x7fffffff, 1000)),
		...of('an image of negative size', () => image(-100, -100, 1000)),
		...of('an image of no size', () => image(0, 0, 0)),
		...of('an image of 1,000 colours of ink', () =>
			image(
				100,
				100,
				1000,
				`/BitsPerComponent 8 /ColorSpace [/DeviceN [${'/A '.repeat(1000)}] /DeviceCMYK << /FunctionType 4 /Domain [0 1] /Range [0 1] >>]`,
			),
		),
		...of('an image of 1,000 bits a component', () =>
			image(100, 100, 1000, '/ColorSpace /DeviceGray /BitsPerComponent 1000'),
		),
		...of('a JPEG that claims 65,500 × 65,500', jpeg),
		...of('a page of 14,400 inches', () => onePage({ box: '0 0 1036800 1036800' })),
		...of('a page of a unit of 75,000', () => onePage({ page: '/UserUnit 75000' })),
		...of('a page of no size', () => onePage({ box: '0 0 0 0' }), succeeds()),
		...of('a page of endless size', () => onePage({ box: '-1e38 -1e38 1e38 1e38' }), succeeds()),
	];
}

function inDocuments(): HostileCase[] {
	const picture = () => wholePng(30_000);
	const extent = '<wp:extent cx="900000" cy="900000"/>';
	const drawing = `<w:p><w:r><w:drawing><wp:inline>${extent}<wp:docPr id="1" name="p"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="p"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
	const of = (
		name: string,
		mimeType: string,
		make: () => Buffer,
		expected: Expected = succeeds(/Harmless/),
	): HostileCase => ({
		...{ name, tool: 'office_to_pdf', fileName: 'a', mimeType, make, expected },
	});
	const word = (content: Buffer) =>
		docx({
			body: drawing,
			relations: [{ id: 'rId9', type: 'image', target: 'media/a.png' }],
			extra: [{ name: 'word/media/a.png', content }],
		});
	const shape =
		'<p:pic><p:nvPicPr><p:cNvPr id="9" name="p"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId9"/><a:stretch/></p:blipFill><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></p:spPr></p:pic>';
	const frame =
		'<text:p><draw:frame svg:width="3cm" svg:height="3cm"><draw:image xlink:href="Pictures/a.png"/></draw:frame></text:p>';
	return [
		of('a docx with a PNG of 30,000 × 30,000', DOCX, () => word(picture()), TOO_MUCH),
		of('a docx with a PNG that claims 2,000,000 × 2,000,000', DOCX, () => word(png(2_000_000, 2_000_000))),
		of('a docx with a JPEG that claims 65,500 × 65,500', DOCX, () => word(jpegHead(65_500, 65_500))),
		of(
			'a pptx with a PNG of 30,000 × 30,000',
			PPTX,
			() =>
				pptx({
					body: shape,
					relations: [{ id: 'rId9', type: 'image', target: '../media/a.png' }],
					extra: [{ name: 'ppt/media/a.png', content: picture() }],
				}),
			TOO_MUCH,
		),
		of(
			'an odt with a PNG of 30,000 × 30,000',
			ODT,
			() =>
				odf('text', {
					body: frame,
					extra: [{ name: 'Pictures/a.png', content: picture() }],
					types: { 'Pictures/a.png': 'image/png' },
				}),
			TOO_MUCH,
		),
	];
}
