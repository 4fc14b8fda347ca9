import { PDF } from '@creatorr/tool-kit/files/media-types';
import { deflated, type OnePage, onePage, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import type { Expected, Family } from '../hostile-case.ts';
import { CORRUPT, casesFor, type Files, mapValues, replaceIn, SHOWS_MARK } from './case-tables.ts';

/** PDFs with objects of the wrong type in their place: a tool may fail only with a reason. */
export const oddStructures: Family = {
	name: 'odd structures',
	cases: () => {
		const of = (expected: Expected, files: Files) =>
			casesFor('compress_heavy', { fileName: 'a.pdf', mimeType: PDF }, expected, files);
		return [
			...of(SHOWS_MARK, {
				'content in an array of one stream': () =>
					replaceIn(onePage({}), '/Contents 4 0 R', '/Contents [4 0 R]'),
				...mapValues(CATALOGS, (catalog) => () => onePage({ catalog })),
				...mapValues(MASKS, (mask) => () => onePage(withImage(mask))),
			}),
			...of(CORRUPT, {
				'content that is a number': () => withoutContent('/Contents 7'),
				'a tree that counts no page': () => withoutContent('', 0),
				'a tree that counts fewer than none': () => withoutContent('', -5),
				'annotations that are a number': () => onePage({ page: '/Annots 7' }),
			}),
		];
	},
};

const withoutContent = (page: string, count = 1) =>
	rawPdf({
		objects: [
			'<< /Type /Catalog /Pages 2 0 R >>',
			`<< /Type /Pages /Kids [3 0 R] /Count ${count} >>`,
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] ${page} >>`,
		],
	});

const CATALOGS = {
	'attachments without an end': '/Names << /EmbeddedFiles << /Names [(a)] >> >>',
	'attachments that are a number': '/Names << /EmbeddedFiles 7 >>',
	'names that are an array': '/Names [(a)]',
	'a form whose fields are a number': '/AcroForm << /Fields 7 >>',
	'a form whose kids are a name': '/AcroForm << /Fields [<< /T (a) /Kids /Many >>] >>',
	'permissions that are an array': '/Perms [/UR3]',
	'layers that are a string': '/OCProperties << /OCGs (all) >>',
	'metadata that is a number': '/Metadata 7',
};

const MASKS = {
	'a color key of too few numbers': '/Mask [0 255]',
	'a color key of no numbers': '/Mask [/A /B /C /D /E /F]',
	'a color key beyond all values': '/Mask [-9 99999 -9 99999 -9 99999]',
	'a color key that is reversed': '/Mask [255 0 255 0 255 0]',
	'an image that is its own soft mask': '/SMask 5 0 R /Mask [0 255 0 255 0 255]',
};

function withImage(mask: string): OnePage {
	const image =
		'/Type /XObject /Subtype /Image /Width 90 /Height 90 /BitsPerComponent 8 /ColorSpace /DeviceRGB';
	return {
		resources: '/XObject << /I 5 0 R >>',
		content: 'q 90 0 0 90 40 40 cm /I Do Q',
		objects: [deflated(`${image} ${mask}`, Buffer.alloc(90 * 90 * 3, 'color'))],
	};
}
