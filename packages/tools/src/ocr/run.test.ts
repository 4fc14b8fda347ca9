import { JPEG, PDF, PNG, TIFF, WEBP } from '@creatorr/tool-kit/media-types';
import { describe, expect, jest, test } from '@jest/globals';
import { describeContract } from '../../test/contract.ts';
import { rendered, textOf, transform } from '../../test/fixtures/command.ts';
import { textPage } from '../../test/fixtures/pages.ts';
import { pdfFile } from '../../test/fixtures/pdf-file.ts';
import { runSample, type Sample, type SampleOptions } from '../../test/run-sample.ts';
import { scanAs, scanAsWebp, scannedPage } from './fixtures/scans.ts';

jest.setTimeout(180_000);

const SLUG = 'ocr';
const LINES = ['The quick brown fox', 'jumps over the lazy dog'];
const FOUND = /The quick brown fox\s+jumps over the lazy dog/;
// Enough words for their orientation to be told.
const LETTER = [
	'Dear reader, we thank you for the kind',
	'letter of the eleventh, which reached us',
	'only yesterday. The books that you wish',
	'to borrow are in the reading room and',
	'may be fetched there on any working day',
	'between nine in the morning and noon.',
	'Please bring your card and a proof of',
	'your present address; both are returned',
	'at once. Volumes printed before eighteen',
	'hundred must stay in the building, but',
	'copies of single pages can be made for',
	'a small charge at the desk on the left.',
	'We hope to welcome you before long and',
	'remain, with our very best regards, the',
	'librarians of the university of the town.',
];
// Both take a pass over the page each, and only the tests of their own need them.
const PLAIN = { rotate_pages: false, deskew: false };

function ocr(content: Buffer, mimeType: string, params: Sample['params'] = PLAIN, options?: SampleOptions) {
	return runSample(SLUG, { name: 'scan', mimeType, content, params }, options);
}

describeContract(SLUG, async () => {
	const png = await scanAs('pnggray', LINES);
	const pages = await Promise.all([scannedPage(LINES), scannedPage(LINES), scannedPage(LINES)]);
	return {
		good: { name: 'scan.png', mimeType: PNG, content: png, params: PLAIN },
		malformed: { name: 'scan.png', mimeType: PNG, content: Buffer.from('\0\x01no image') },
		corrupt: { name: 'scan.png', mimeType: PNG, content: png.subarray(0, png.length / 2) },
		slow: { name: 'scan.pdf', mimeType: PDF, content: pdfFile({ pages }) },
	};
});

describe(`${SLUG} finds the text of`, () => {
	test.each([
		['a PNG with transparency', () => scanAs('pngalpha', LINES), PNG],
		['a JPEG', () => scanAs('jpeg', LINES), JPEG],
		['a JPEG in CMYK', () => scanAs('jpegcmyk', LINES), JPEG],
		['a WebP without a resolution', () => scanAsWebp(LINES), WEBP],
	] as const)('%s', async (_, make, mimeType) => {
		const { output, details } = await ocr(await make(), mimeType);
		expect(await textOf(output)).toMatch(FOUND);
		expect(details).toMatchObject({ pages: 1, pages_recognized: 1, pages_skipped: 0 });
	});

	test('every page of a TIFF', async () => {
		const { output, details } = await ocr(await scanAs('tiffgray', LINES, 2), TIFF);
		expect((await textOf(output)).match(/quick brown/g)).toHaveLength(2);
		expect(details).toMatchObject({ pages: 2, pages_recognized: 2 });
	});

	test('the scanned page of a PDF and leaves the page with text alone', async () => {
		const pdf = pdfFile({ pages: [textPage(['typed']), await scannedPage(LINES)] });
		const { output, details, warnings } = await ocr(pdf, PDF);
		const text = await textOf(output);
		expect(text).toMatch(FOUND);
		expect(text.match(/typed/g)).toHaveLength(1);
		expect(details).toMatchObject({ pages: 2, pages_recognized: 1, pages_skipped: 1 });
		expect(warnings).toEqual([]);
	});

	test('a page upside down, which it turns', async () => {
		const turned = await transform(pdfFile({ pages: [await scannedPage(LETTER)] }), 'qpdf', [
			'{in}',
			'--rotate=180',
			'{out}',
		]);
		const { output } = await ocr(turned, PDF, { rotate_pages: true, deskew: false });
		expect(await textOf(output)).toContain('letter of the eleventh');
	});
});

describe(SLUG, () => {
	const typed = pdfFile({ pages: [textPage(['typed by hand']), textPage(['and again'])] });

	test('gives back a PDF that has text everywhere as it is, and says so', async () => {
		const { output, warnings, details } = await ocr(typed, PDF, {});
		expect(output.equals(typed)).toBe(true);
		expect(warnings).toEqual([expect.stringMatching(/^already_has_text: /)]);
		expect(details).toMatchObject({ pages: 2, pages_recognized: 0, pages_skipped: 2 });
	});

	test('with mode force recognises pages that have text', async () => {
		const { output, details, warnings } = await ocr(typed, PDF, { ...PLAIN, mode: 'force' });
		expect(output.equals(typed)).toBe(false);
		expect(await textOf(output)).toContain('typed by hand');
		expect(details).toMatchObject({ pages_recognized: 2 });
		expect(warnings).toEqual([]);
	});

	test('with mode redo replaces the text of an earlier OCR', async () => {
		const { output: once } = await ocr(pdfFile({ pages: [await scannedPage(LINES)] }), PDF);
		const { output, details } = await ocr(once, PDF, { mode: 'redo', rotate_pages: false });
		expect((await textOf(output)).match(/quick brown/g)).toHaveLength(1);
		expect(details).toMatchObject({ pages_recognized: 1 });
	});

	test('straightens a crooked scan only when asked to', async () => {
		const page = await scannedPage(LETTER);
		const crooked = pdfFile({ pages: [{ ...page, content: 'q 595 21 -30 842 15 -10 cm /Im1 Do Q' }] });
		const straight = (await ocr(crooked, PDF, { rotate_pages: false, deskew: true })).output;
		const left = (await ocr(crooked, PDF)).output;
		const asItWas = await rendered(crooked);
		expect((await rendered(left)).equals(asItWas)).toBe(true);
		expect((await rendered(straight)).equals(asItWas)).toBe(false);
	});

	test('refuses a language that is not installed and lists those that are', async () => {
		await expect(ocr(typed, PDF, { languages: ['eng', 'tlh'] })).rejects.toMatchObject({
			code: 'unsupported_input',
			message: expect.stringMatching(/Not installed: tlh.*eng/),
		});
	});

	test('can not open a PDF that needs a password', async () => {
		const locked = await transform(typed, 'qpdf', [
			'--encrypt',
			'user',
			'owner',
			'256',
			'--',
			'{in}',
			'{out}',
		]);
		await expect(ocr(locked, PDF)).rejects.toMatchObject({ code: 'encrypted_input' });
	});

	test('tells progress by page', async () => {
		const pages = [await scannedPage(LINES), await scannedPage(LINES)];
		const seen: number[] = [];
		await ocr(pdfFile({ pages }), PDF, PLAIN, { onProgress: (percent) => seen.push(percent) });
		expect(seen).toEqual([3, 49, 95]);
	});

	test('refuses an image of more pixels than it could hold', async () => {
		const bomb = await transform(Buffer.alloc(0), '/usr/bin/python3', [
			'-c',
			'import sys; from PIL import Image; Image.new("1", (20000, 20000)).save(sys.argv[1], "PNG")',
			'{out}',
		]);
		await expect(ocr(bomb, PNG)).rejects.toMatchObject({ code: 'limit_exceeded' });
	});
});
