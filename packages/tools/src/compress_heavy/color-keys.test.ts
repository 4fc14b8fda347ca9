import { slice } from '@creatorr/testing/slice';
import { describe, expect, jest, test } from '@jest/globals';
import { meanDifference, transform } from '../testing/command.ts';
import { asJson, compress, imagesOf, registerPdf } from './fixtures/generated-pdfs.ts';

jest.setTimeout(120_000);

const RENDERERS = {
	poppler: 'pdftoppm -r 40 -singlefile {in} > {out}',
	ghostscript: 'gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=ppmraw -r40 -sOutputFile={out} {in}',
};

type Renderer = keyof typeof RENDERERS;
const BOTH: Renderer[] = ['poppler', 'ghostscript'];
/** Poppler only: Ghostscript applies the color key to what a soft mask shows, against the standard. */
const POPPLER: Renderer[] = ['poppler'];

/** Returns how many of 255 levels the pages differ on average, in the renderer with the larger difference. */
async function meanLevelDifference(one: Buffer, other: Buffer, renderers = BOTH): Promise<number> {
	const differences = renderers.map(async (renderer) => {
		const command = RENDERERS[renderer];
		const shown = (pdf: Buffer) => transform(pdf, 'bash', ['-c', command]);
		return meanDifference(await shown(one), await shown(other));
	});
	return Math.max(...(await Promise.all(differences)));
}

const typesOf = async (pdf: Buffer) => (await imagesOf(pdf)).map(({ type }) => type);

describe('compress_heavy recompresses a photo with a color key', () => {
	test.each(
		slice(
			[
				[
					'that hides a part of it, with a soft mask instead',
					registerPdf('color_key'),
					['image', 'smask'],
					10,
					BOTH,
				],
				[
					'that hides none of its pixels, without it',
					registerPdf('color_key_of_nothing'),
					['image'],
					20,
					BOTH,
				],
				[
					'of its palette, with a soft mask instead',
					registerPdf('color_key_in_palette'),
					['image', 'smask'],
					1.1,
					BOTH,
				],
				[
					'that its soft mask overrides, without it',
					registerPdf('color_key_and_soft_mask'),
					['image', 'smask'],
					20,
					POPPLER,
				],
				[
					'that its opaque soft mask overrides, without both',
					registerPdf('color_key_and_opaque_mask'),
					['image'],
					20,
					POPPLER,
				],
			],
			2,
		),
	)('%s', async (_, make, types, times, renderers) => {
		const original = make();
		const { output, warnings } = await compress(original);
		expect(warnings).toEqual([]);
		expect(output.length).toBeLessThan(original.length / times);
		expect(await typesOf(output)).toEqual(types);
		expect(await asJson(output)).not.toMatch(/"\/Mask"/);
		expect(await meanLevelDifference(original, output, [...renderers])).toBeLessThan(4);
	});
});

describe('compress_heavy keeps the color key of', () => {
	test.each([
		['a black-and-white image that no encoding makes smaller', registerPdf('color_key_of_fax')],
		['an image in a document that may have no soft masks', registerPdf('color_key_in_archive')],
	])('%s', async (_, make) => {
		const original = make();
		const { output } = await compress(original);
		expect(await typesOf(output)).toEqual(['image']);
		expect(await asJson(output)).toMatch(/"\/Mask"/);
		expect(await meanLevelDifference(original, output)).toBe(0);
	});
});
