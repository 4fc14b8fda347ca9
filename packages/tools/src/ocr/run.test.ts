/** @slice 10 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slice } from '@creatorr/testing/slice';
import { JPEG, PDF, PNG, TIFF, WEBP } from '@creatorr/tool-kit/files/media-types';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { meanDifference, rendered, textOf, transform } from '../testing/command.ts';
import { describeContract } from '../testing/contract.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import type { SampleResult } from '../testing/run-sample.ts';
import { FOUND, LINES, ocr, PLAIN, SLUG, scannedPdf } from './fixtures/ocr.ts';
import { scanAs, scannedPage, withPillow } from './fixtures/scans.ts';

jest.setTimeout(180_000);

describeContract(SLUG, async () => {
	const png = await scanAs('pnggray', LINES);
	return {
		good: { name: 'scan.png', mimeType: PNG, content: png, params: PLAIN },
		malformed: { name: 'scan.png', mimeType: PNG, content: Buffer.from('\0\x01no image') },
		corrupt: { name: 'scan.png', mimeType: PNG, content: png.subarray(0, png.length / 2) },
		slow: { name: 'scan.pdf', mimeType: PDF, content: await scannedPdf(...Array(6).fill(LINES)) },
		offers: { languages: ['deu', 'eng', 'fra', 'ita', 'nld', 'por', 'spa'] },
	};
});

const png = () => scanAs('png16m', LINES);
const pillow = async (script: string) => withPillow(await png(), script);

/** Returns a JPEG with an EXIF orientation; `undo` is the opposite operation in Pillow. */
const heldAs = (orientation: number, undo: string) =>
	pillow(`exif = Image.Exif(); exif[0x0112] = ${orientation}
image.transpose(Image.Transpose.${undo}).save(target, "JPEG", exif=exif)`);

describe('the PDF of an image shows', () => {
	const SCRIPT = fileURLToPath(new URL('./python/image_to_pdf.py', import.meta.url));
	const MAX_PIXELS = '150000000';

	/** Returns the page that the tool reads, without OCR. */
	const shownOf = async (image: Buffer) => {
		const work = await mkdtemp(join(tmpdir(), 'image-'));
		try {
			const args = ['-I', SCRIPT, '{in}', '{out}', work, MAX_PIXELS];
			return await rendered(await transform(image, '/usr/bin/python3', args));
		} finally {
			await rm(work, { recursive: true });
		}
	};

	let plain: Buffer;
	beforeAll(async () => {
		plain = await shownOf(await png());
	});

	test.each(
		slice(
			[
				[
					'a PNG of 16 bits',
					() =>
						pillow('image.convert("L").point(lambda v: v * 256, "I").convert("I;16").save(target, "PNG")'),
				],
				['a PNG with a palette', () => pillow('image.quantize(16).save(target, "PNG")')],
				['a JPEG in CMYK', () => scanAs('jpegcmyk', LINES)],
				['a lossless WebP', () => pillow('image.save(target, "WEBP", lossless=True)')],
				['a JPEG mirrored', () => heldAs(2, 'FLIP_LEFT_RIGHT')],
				['a JPEG upside down', () => heldAs(3, 'ROTATE_180')],
				['a JPEG sideways', () => heldAs(6, 'ROTATE_90')],
				['a JPEG sideways and mirrored', () => heldAs(7, 'TRANSVERSE')],
			],
			3,
		),
	)('%s as it is', async (_, make) => {
		const shown = await shownOf(await make());
		expect(meanDifference(shown, plain)).toBeLessThan(1);
	});
});

const MIXED_TIFF = [
	'with AppendingTiffWriter(target, new=True) as writer:',
	'    for mode, size, how in (("1", 1, "group4"), ("RGB", 1, "jpeg"), ("L", 0.8, "tiff_deflate"), ("RGBA", 1, None)):',
	'        page = image.convert(mode).resize((int(image.width * size), int(image.height * size)))',
	'        page.save(writer, "TIFF", compression=how, dpi=(150, 150))',
	'        writer.newFrame()',
].join('\n');

describe(`${SLUG} recognizes the text of`, () => {
	test.each(
		slice(
			[
				['a PNG with transparency', () => scanAs('pngalpha', LINES), PNG],
				['a JPEG', () => scanAs('jpeg', LINES), JPEG],
				['a JPEG of a camera held sideways', () => heldAs(6, 'ROTATE_90'), JPEG],
				['a lossy WebP without a resolution', () => pillow('image.save(target, "WEBP")'), WEBP],
				[
					'a fax, whose resolutions differ',
					() =>
						pillow(
							'image.convert("1").resize((1728, 1143)).save(target, "TIFF", compression="group3", dpi=(204, 98))',
						),
					TIFF,
				],
			],
			2,
		),
	)('%s', async (_, make, mimeType) => {
		const { output, details, warnings } = await ocr(await make(), mimeType);
		expect(await textOf(output)).toMatch(FOUND);
		expect(details).toEqual({
			pages: 1,
			pages_recognized: 1,
			pages_skipped: 0,
			words: 9,
			mean_confidence: expect.any(Number),
			languages: ['eng'],
		});
		expect(details.mean_confidence).toBeGreaterThan(80);
		expect(warnings).toEqual([]);
	});

	test('every page of a TIFF with different sizes and compressions', async () => {
		const { output, details } = await ocr(await pillow(MIXED_TIFF), TIFF);
		expect((await textOf(output)).match(/quick brown/g)).toHaveLength(4);
		expect(details).toMatchObject({ pages: 4, pages_recognized: 4, words: 36 });
	});

	describe('a scanned page of a tagged PDF', () => {
		let result: SampleResult;
		beforeAll(async () => {
			const field = '<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [9 9 99 29] >>';
			const info = '<< /Title (Of foxes) /Author (A. Dog) /CreationDate (D:20200102030405Z) >>';
			const pdf = pdfFile({
				pages: [textPage(['typed']), { ...(await scannedPage(LINES)), annotations: ['A 0 R'] }],
				objects: [field, info],
				catalog: '/MarkInfo << /Marked true >> /AcroForm << /Fields [A 0 R] >>',
			}).toString('latin1');
			// The information dictionary is the second of the objects.
			const titled = pdf.replace('/Root 1 0 R', '/Root 1 0 R /Info 5 0 R');
			result = await ocr(Buffer.from(titled, 'latin1'), PDF);
		}, 180_000);

		test('and keeps the page with text', async () => {
			const text = await textOf(result.output);
			expect(text).toMatch(FOUND);
			expect(text.match(/typed/g)).toHaveLength(1);
			expect(result.details).toMatchObject({ pages: 2, pages_recognized: 1, pages_skipped: 1, words: 9 });
			expect(result.warnings).toEqual([]);
		});

		test('and keeps the tags and fields', async () => {
			const json = await transform(result.output, 'bash', ['-c', 'qpdf --json=2 {in} > {out}']);
			expect(json.toString()).toContain('"fullname": "name"');
			expect(json.toString()).toContain('"/Marked": true');
		});

		test('and keeps title, author and date', async () => {
			const shown = await transform(result.output, 'bash', ['-c', 'TZ=UTC pdfinfo {in} > {out}']);
			expect(shown.toString()).toMatch(
				/Title: +Of foxes\n[\s\S]*Author: +A\. Dog\n[\s\S]*CreationDate: .*2020/,
			);
		});
	});

	test('a page larger than any paper size', async () => {
		const pdf = (await scannedPdf(LINES)).toString('latin1').replace('[0 0 595 842]', '[0 0 9595 9842]');
		const { output } = await ocr(Buffer.from(pdf, 'latin1'), PDF);
		expect(await textOf(output)).toMatch(/quick/);
	});
});

describe(SLUG, () => {
	const typed = pdfFile({ pages: [textPage(['typed by hand']), textPage(['and again'])] });

	test('returns a PDF with text on every page unchanged, with a warning', async () => {
		const { output, warnings, details } = await ocr(typed, PDF, {});
		expect(output.equals(typed)).toBe(true);
		expect(warnings).toEqual([expect.stringMatching(/^already_has_text: /)]);
		expect(details).toMatchObject({ pages: 2, pages_recognized: 0, pages_skipped: 2, mean_confidence: null });
	});

	test('warns if there is no text to recognize', async () => {
		const { warnings, details } = await ocr(await scannedPdf([]), PDF, {});
		expect(warnings).toEqual([expect.stringMatching(/^no_text_found: /)]);
		expect(details).toMatchObject({ pages_recognized: 1, words: 0, mean_confidence: null });
	});
});

describe(`${SLUG} of a PDF of two scanned pages`, () => {
	const seen: unknown[] = [];
	let pdf: Buffer;
	let results: [SampleResult, SampleResult];
	beforeAll(async () => {
		pdf = await scannedPdf(LINES, LINES);
		results = await Promise.all([
			ocr(pdf, PDF, {}, { onProgress: (...report) => seen.push(report) }),
			ocr(pdf, PDF, {}),
		]);
	}, 180_000);

	test('reports progress by page', () => {
		expect(seen).toEqual([
			[3, { page: 1, pages: 2 }],
			[49, { page: 2, pages: 2 }],
			[95, { page: 2, pages: 2 }],
		]);
	});

	test('adds less than 5,000 bytes', () => {
		const [{ output }] = results;
		expect(output.length).toBeLessThan(pdf.length + 5000);
	});

	test('returns the same bytes from two concurrent runs', () => {
		const [{ output }, other] = results;
		expect(other.output.equals(output)).toBe(true);
	});
});
