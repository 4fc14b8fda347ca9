import { slice } from '@creatorr/testing/slice';
import { describe, expect, jest, test } from '@jest/globals';
import { textOf } from '../testing/command.ts';
import { compress, imagesOf, meanLevelDifference, registerPdf } from './fixtures/generated-pdfs.ts';

jest.setTimeout(120_000);

describe('compress_heavy compresses without a visible difference', () => {
	test.each(
		slice(
			[
				['an image in CMYK', registerPdf('cmyk'), { color: 'cmyk', coding: 'jpeg' }, 0.05],
				['an image in CMYK by Photoshop', registerPdf('adobe_cmyk'), { color: 'cmyk', coding: 'jpeg' }, 0.2],
				['JPEG 2000', registerPdf('jpx'), { color: 'rgb', coding: 'jpeg' }, 0.2],
				['a fax', registerPdf('fax'), { bits: 1, coding: 'jbig2' }, 0.5],
				['a stencil', registerPdf('stencil'), { type: 'stencil', coding: 'jbig2' }, 0.6],
				['a photo with a palette', registerPdf('indexed'), { color: 'rgb', coding: 'jpeg' }, 0.5],
				['a drawing of few colors', registerPdf('few_colors'), { color: 'index', coding: 'image' }, 0.9],
				['inverted values', registerPdf('inverted'), { color: 'gray', coding: 'jpeg' }, 0.1],
				['values of 16 bits', registerPdf('deep'), { bits: 8, coding: 'jpeg' }, 0.2],
			],
			4,
			([, , { coding }]) => coding,
		),
	)('%s', async (_, make, image, share) => {
		const original = make();
		const { output, warnings } = await compress(original);
		expect(warnings).toEqual([]);
		expect(output.length).toBeLessThan(original.length * share);
		expect(await imagesOf(output)).toEqual([expect.objectContaining(image)]);
		expect(await meanLevelDifference(original, output)).toBeLessThan(2);
	});

	test.each([
		['a soft mask', registerPdf('soft_mask')],
		['a soft mask with a matte', registerPdf('matte')],
	])('an image with %s, and keeps the soft mask', async (_, make) => {
		const original = make();
		const { output } = await compress(original);
		expect((await imagesOf(output)).map(({ type }) => type)).toEqual(['image', 'smask']);
		expect(output.length).toBeLessThan(original.length / 10);
		expect(await meanLevelDifference(original, output)).toBeLessThan(2);
	});

	const withOpaqueMask = registerPdf('opaque_mask');
	test('a soft mask that hides nothing, by removing it', async () => {
		const original = withOpaqueMask();
		const { output } = await compress(original);
		expect((await imagesOf(output)).map(({ type }) => type)).toEqual(['image']);
		expect(await meanLevelDifference(original, output)).toBeLessThan(1);
	});

	const withProfile = registerPdf('icc_profile');
	test('text and an image in CMYK, by removing the ICC profile', async () => {
		const original = withProfile();
		const { output } = await compress(original);
		expect(output.length).toBeLessThan(original.length / 5);
		expect(await imagesOf(output)).toEqual([expect.objectContaining({ color: 'rgb' })]);
		expect(await meanLevelDifference(original, output)).toBeLessThan(2);
	});

	test.each([
		['a whole TrueType font', registerPdf('truetype'), 'Hello, whole font'],
		['a whole Type 1 font', registerPdf('type1'), 'Hello, old font'],
	])('%s, and keeps its text readable', async (_, make, text) => {
		const original = make();
		const { output } = await compress(original);
		expect(output.length).toBeLessThan(original.length / 20);
		expect((await textOf(output)).trim()).toBe(text);
		expect(await meanLevelDifference(original, output)).toBeLessThan(1);
	});

	const ofLines = registerPdf('lines');
	test('a drawing of many lines', async () => {
		const original = ofLines();
		const { output } = await compress(original);
		expect(output.length).toBeLessThan(original.length / 5);
		// Renderers draw thin lines on one pixel or on two.
		expect(await meanLevelDifference(original, output)).toBeLessThan(6);
	});
});
