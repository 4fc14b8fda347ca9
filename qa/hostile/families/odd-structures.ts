import { deflated, type OnePage, onePage, rawPdf } from '@creatorr/tools/testing/builders/pdf';
import type { Expected, Family } from '../hostile-case.ts';
import { type Files, forPdfTools, mapValues, replaceIn, SHOWS_MARK } from './case-tables.ts';
import { hostilePages } from './pdf-pages.ts';

/** PDFs with objects of the wrong type in their place: a tool may fail only with a reason. */
export const oddStructures: Family = {
	name: 'odd structures',
	cases: (world) => {
		const structures: [Expected, Files<OnePage | (() => Buffer)>][] = [
			...hostilePages('odd structures', world),
			[SHOWS_MARK, mapValues(MASKS, withImage)],
			[
				SHOWS_MARK,
				{
					'content in an array of one stream': () =>
						replaceIn(onePage({}), '/Contents 4 0 R', '/Contents [4 0 R]'),
				},
			],
			[
				'corrupt_input',
				{
					'content that is a number': withoutContent('/Contents 7'),
					'a tree that counts no page': withoutContent('', 0),
					'a tree that counts fewer than none': withoutContent('', -5),
				},
			],
		];
		return structures.flatMap(([expected, files]) => forPdfTools(expected, files, ['compress_heavy']));
	},
};

const withoutContent =
	(page: string, count = 1) =>
	() =>
		rawPdf({
			objects: [
				'<< /Type /Catalog /Pages 2 0 R >>',
				`<< /Type /Pages /Kids [3 0 R] /Count ${count} >>`,
				`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] ${page} >>`,
			],
		});

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
