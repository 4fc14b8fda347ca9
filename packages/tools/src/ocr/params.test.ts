/** @slice 6 */

import { slice } from '@creatorr/testing/slice';
import { JPEG, PDF, PNG, TEXT } from '@creatorr/tool-kit/files/media-types';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { rendered, textOf, transform } from '../testing/command.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import type { SampleResult } from '../testing/run-sample.ts';
import {
	encrypted,
	FOUND,
	LETTER,
	LINES,
	ocr,
	PLAIN,
	scannedPdf,
	signedScan,
	skewedLetter,
} from './fixtures/ocr.ts';
import { scanAs, withPillow } from './fixtures/scans.ts';

jest.setTimeout(180_000);

/** The params that this run tests, among those whose tests take long. */
const SLOW = slice(['languages', 'mode', 'rotate_pages', 'deskew', 'clean', 'pages', 'optimize'], 2);
type SlowParam = (typeof SLOW)[number];
const testOf = (param: SlowParam) => (SLOW.includes(param) ? test : test.skip);
const describeOf = (param: SlowParam) => (SLOW.includes(param) ? describe : describe.skip);

const typed = pdfFile({ pages: [textPage(['typed by hand']), textPage(['and again'])] });

async function command(input: Buffer, line: string): Promise<string> {
	return (await transform(input, 'bash', ['-c', `${line} > {out}`])).toString();
}

testOf('languages')(
	'languages: the characters of a language are recognized only if it is given',
	async () => {
		const page = await scanAs('pnggray', ['Vergnügte Bären grüßen', 'höfliche Mäuschen']);
		const german = await ocr(page, PNG, { ...PLAIN, languages: ['deu', 'eng'] });
		expect(await textOf(german.output)).toMatch(/Vergnügte Bären grüßen/);
		expect(german.details.languages).toEqual(['deu', 'eng']);
		expect(await textOf((await ocr(page, PNG)).output)).not.toMatch(/grüßen/);
	},
);

testOf('mode')('mode force recognizes pages that have text', async () => {
	const { output, details, warnings } = await ocr(typed, PDF, { ...PLAIN, mode: 'force' });
	expect(await textOf(output)).toContain('typed by hand');
	expect(await command(output, 'pdfimages -list {in}')).toMatch(/image/);
	expect(details).toMatchObject({ pages_recognized: 2 });
	expect(warnings).toEqual([]);
});

describeOf('mode')('a second OCR of an image', () => {
	let once: Buffer;
	let again: SampleResult;
	beforeAll(async () => {
		once = (await ocr(await scanAs('jpeg', LINES), JPEG, { ...PLAIN, languages: ['fra'] })).output;
		again = await ocr(once, PDF, { mode: 'redo', rotate_pages: false });
	}, 180_000);

	test('with mode redo keeps the appearance of images that an earlier OCR compressed', async () => {
		expect(await command(once, 'qpdf --json --json-key=qpdf {in}')).toMatch(
			/"\/FlateDecode",\s+"\/DCTDecode"/,
		);
		expect((await rendered(again.output)).equals(await rendered(once))).toBe(true);
	});

	test('with mode redo replaces the text of an earlier OCR', async () => {
		const plain = await command(again.output, 'qpdf --qdf --object-streams=disable {in} -');
		expect(plain.match(/\/OCR-1 Do/g)).toHaveLength(1);
		expect((await textOf(again.output)).match(/quick brown/g)).toHaveLength(1);
		expect(again.details).toMatchObject({ pages_recognized: 1 });
	});

	test('image_dpi sets the resolution of an image', async () => {
		const { output } = await ocr(await scanAs('jpeg', LINES), JPEG, { ...PLAIN, image_dpi: 300 });
		expect(await command(output, 'pdfinfo {in}')).toMatch(/Page size: +297\.\d+ x 42[01]/);
		expect(await command(once, 'pdfinfo {in}')).toMatch(/Page size: +59\d\.?\d* x 84[12]/);
	});
});

describe('the output of a signed PDF with a typed and a scanned page', () => {
	const OUTPUTS = ['text', 'hocr'] as const;
	const results = new Map<string, SampleResult>();
	const outputText = (output: (typeof OUTPUTS)[number]) => results.get(output)?.output.toString() ?? '';
	beforeAll(async () => {
		const pdf = await signedScan(textPage(['typed']));
		for (const output of OUTPUTS) results.set(output, await ocr(pdf, PDF, { ...PLAIN, output }));
	}, 180_000);

	test('text has the recognized and the existing text, with form feeds between pages', async () => {
		expect(outputText('text')).toMatch(/^typed\s*\f[^\f]*The quick brown fox\s+jumps over the lazy dog\s*$/);
		expect(results.get('text')).toMatchObject({ outputName: 'scan.txt', outputMimeType: TEXT });
	});

	test('hocr has the positions of words on every page', async () => {
		expect(outputText('hocr').match(/class='ocr_page'/g)).toHaveLength(2);
		expect(outputText('hocr')).toMatch(/title='bbox \d+ \d+ \d+ \d+'>typed</);
		expect(outputText('hocr')).toMatch(/bbox \d+ \d+ \d+ \d+; x_wconf \d+'>quick</);
		await command(
			Buffer.from(outputText('hocr')),
			'python3 -c "import sys; from xml.etree import ElementTree as E; E.parse(sys.argv[1])" {in}',
		);
	});

	test.each(OUTPUTS)('%s breaks no signature, so that it needs no param and no warning', (output) => {
		expect(results.get(output)?.warnings).toEqual([]);
	});
});

describe('output', () => {
	test('text of a PDF that has text on every page is that text', async () => {
		const { output, warnings } = await ocr(typed, PDF, { output: 'text' });
		expect(output.toString()).toMatch(/^typed by hand\s*\fand again\s*$/);
		expect(warnings).toEqual([expect.stringMatching(/^already_has_text: /)]);
	});

	test('pdfa of a PDF that has text on every page keeps its text, with a warning', async () => {
		const { output, warnings } = await ocr(typed, PDF, { output: 'pdfa' });
		expect(await textOf(output)).toContain('typed by hand');
		expect(warnings[0]).toMatch(/^already_has_text: /);
	});
});

describe('the output pdfa of a scanned page', () => {
	let results: [SampleResult, SampleResult];
	beforeAll(async () => {
		const pdf = await scannedPdf(LINES);
		const convert = () => ocr(pdf, PDF, { ...PLAIN, output: 'pdfa' });
		results = await Promise.all([convert(), convert()]);
	}, 180_000);

	test('is a PDF/A with the recognized text', async () => {
		const [{ output, warnings }] = results;
		expect(await textOf(output)).toMatch(FOUND);
		expect(await command(output, 'pdfinfo -meta {in}')).toMatch(/pdfaid:part[\s\S]*2/);
		expect(warnings).toEqual([]);
	});

	test('has the same bytes for the same input', () => {
		const [{ output }, other] = results;
		expect(other.output.equals(output)).toBe(true);
	});
});

testOf('rotate_pages')('rotate_pages turns rotated pages, and keeps the others', async () => {
	const letters = await scannedPdf(LETTER, LETTER, LETTER, LETTER);
	const turns = ['--rotate=90:2', '--rotate=180:3', '--rotate=270:4'];
	const pdf = await transform(letters, 'qpdf', ['{in}', ...turns, '{out}']);
	const rotations = async (of: Buffer) =>
		[...(await command(of, 'pdfinfo -l 4 {in}')).matchAll(/rot: +(\d+)/g)].map(([, degrees]) =>
			Number(degrees),
		);
	const upright = await ocr(pdf, PDF, { ...PLAIN, rotate_pages: true });
	expect((await textOf(upright.output)).match(/letter of the eleventh/g)).toHaveLength(4);
	expect(await rotations(upright.output)).toEqual([0, 0, 0, 0]);
	const unchanged = await ocr(pdf, PDF, { ...PLAIN, pages: '2' });
	expect(await rotations(unchanged.output)).toEqual([0, 90, 180, 270]);
});

testOf('deskew')('deskew straightens a skewed scan without re-encoding its image', async () => {
	const crooked = await skewedLetter();
	const straight = (await ocr(crooked, PDF, { rotate_pages: false, deskew: true })).output;
	const unchanged = (await ocr(crooked, PDF)).output;
	const before = await rendered(crooked);
	expect((await rendered(unchanged)).equals(before)).toBe(true);
	expect((await rendered(straight)).equals(before)).toBe(false);
	expect(await textOf(straight)).toContain('letter of the eleventh');
	expect(straight.length).toBeLessThan(unchanged.length + 500);
	// A second run finds only horizontal lines.
	const again = (
		await ocr(straight, PDF, { mode: 'force', rotate_pages: false, deskew: false, output: 'hocr' })
	).output;
	const slopes = [...again.toString().matchAll(/class='ocr_line'[^>]*baseline (-?[\d.]+)/g)].map(
		([, slope]) => Number(slope),
	);
	expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(0.01);
});

testOf('clean')('clean removes specks from the recognized image, not from the output', async () => {
	const specks = `import random; random.seed(1); image = image.convert("L").crop((0, 0, image.width, 600))
for _ in range(14000): image.putpixel((random.randrange(image.width), random.randrange(image.height)), 0)
image.save(target, "PNG")`;
	const dirty = await withPillow(await scanAs('pnggray', LETTER.slice(0, 5)), specks);
	const cleaned = await ocr(dirty, PNG, { ...PLAIN, clean: true });
	const plain = await ocr(dirty, PNG);
	expect(await textOf(cleaned.output)).not.toBe(await textOf(plain.output));
	expect((await rendered(cleaned.output)).equals(await rendered(plain.output))).toBe(true);
});

describeOf('pages')('pages', () => {
	let pdf: Buffer;
	let some: SampleResult;
	let all: SampleResult;
	beforeAll(async () => {
		pdf = await scannedPdf(LINES, LINES, LINES, LINES);
		some = await ocr(pdf, PDF, { ...PLAIN, pages: '1,3-4' });
		all = await ocr(some.output, PDF);
	}, 180_000);

	const FOUND_ON = [true, false, true, true];
	const foundOn = (text: string) =>
		text
			.split('\f')
			.slice(0, 4)
			.map((page) => /quick/.test(page));

	test('are the only ones to be recognized', async () => {
		expect(foundOn(await textOf(some.output))).toEqual(FOUND_ON);
		expect(some.details).toMatchObject({ pages: 4, pages_recognized: 3, pages_skipped: 1 });
	});

	test('keep their text when others are recognized later', async () => {
		expect((await textOf(all.output)).match(/quick brown/g)).toHaveLength(4);
		expect(all.details).toMatchObject({ pages_recognized: 1, pages_skipped: 3 });
	});

	test('are the only ones with text in the output text', async () => {
		const { output } = await ocr(pdf, PDF, { ...PLAIN, pages: '2', output: 'text' });
		expect(foundOn(output.toString())).toEqual([false, true, false, false]);
	});

	test('of a scan get their text replaced with mode redo', async () => {
		const params = { mode: 'redo', rotate_pages: false, pages: '2' };
		const { output, details } = await ocr(all.output, PDF, params);
		expect((await textOf(output)).match(/quick brown/g)).toHaveLength(4);
		expect(details).toMatchObject({ pages_recognized: 1 });
	});
});

testOf('optimize')('optimize reduces the file size by levels', async () => {
	const photo = await withPillow(
		await scanAs('png16m', LINES),
		`image = image.crop((0, 0, image.width, 400))
Image.blend(image, Image.effect_noise(image.size, 90).convert("RGB"), 0.2).save(target, "JPEG", quality=98)`,
	);
	const sizes: number[] = [];
	for (const optimize of [0, 1, 2, 3])
		sizes.push((await ocr(photo, JPEG, { ...PLAIN, optimize })).output.length);
	const [untouched = 0, packed = 0, lossy = 0, coarse = 0] = sizes;
	expect(packed).toBeLessThanOrEqual(untouched);
	expect(lossy).toBeLessThan(packed / 2);
	expect(coarse).toBeLessThan(lossy);
});

describe('password', () => {
	test('opens a PDF, and the output is protected with it', async () => {
		const locked = await encrypted(await scannedPdf(LINES), 'üser word', 'owner', '--print=none');
		const { output } = await ocr(locked, PDF, { ...PLAIN, password: 'üser word' });
		expect(await command(output, "qpdf --password='üser word' --show-encryption {in}")).toMatch(
			/print low resolution: not allowed/,
		);
		await expect(command(output, 'pdftotext {in} -')).rejects.toThrow();
		expect(await command(output, "pdftotext -upw 'üser word' {in} -")).toMatch(FOUND);
	});

	test('is not needed if none opens the PDF, and its restrictions stay', async () => {
		const forbidding = await encrypted(await scannedPdf(LINES), '', 'owner', '--modify=none');
		const { output } = await ocr(forbidding, PDF);
		expect(await textOf(output)).toMatch(FOUND);
		expect(await command(output, 'qpdf --show-encryption {in}')).toMatch(/modify other: not allowed/);
	});

	test('prevents PDF/A, with a warning, and stays', async () => {
		const locked = await encrypted(await scannedPdf(LINES), 'user', 'owner');
		const params = { ...PLAIN, output: 'pdfa', password: 'user' };
		const { output, warnings } = await ocr(locked, PDF, params);
		expect(warnings).toEqual([expect.stringMatching(/^pdfa_failed: The file is protected/)]);
		expect(await command(output, 'pdfinfo -upw user {in}')).toMatch(/Encrypted: +yes/);
		expect(await command(output, 'pdfinfo -upw user -meta {in}')).not.toMatch(/pdfaid/);
	});
});

test('signed invalidate empties the signature field, keeps it, and warns', async () => {
	const { output, warnings } = await ocr(await signedScan(), PDF, { ...PLAIN, signed: 'invalidate' });
	expect(await textOf(output)).toMatch(FOUND);
	expect(warnings).toEqual([expect.stringMatching(/^signature_invalidated: /)]);
	const json = await command(output, 'qpdf --json=2 {in}');
	expect(json).toMatch(/"fullname": "sign"/);
	expect(json).not.toMatch(/ByteRange|SigFlags/);
});
