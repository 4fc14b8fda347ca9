import { PDF, PNG, TIFF } from '@creatorr/tool-kit/files/media-types';
import { describe, expect, jest, test } from '@jest/globals';
import { textOf, transform } from '../testing/command.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { encrypted, FOUND, LINES, ocr, PLAIN, scannedPdf, signedScan } from './fixtures/ocr.ts';
import { scanAs, scannedPage, withPillow } from './fixtures/scans.ts';

jest.setTimeout(180_000);

const typed = pdfFile({ pages: [textPage(['typed by hand'])] });

test('refuses a language that is not installed, and lists those that are', async () => {
	await expect(ocr(typed, PDF, { languages: ['eng', 'tlh'] })).rejects.toMatchObject({
		code: 'unsupported_input',
		message: expect.stringMatching(
			/aren’t available: Klingon \(tlh\)\. Set params\.languages to some of these: .*English \(eng\)/,
		),
	});
});

test('refuses a page that the file doesn’t have', async () => {
	await expect(ocr(typed, PDF, { pages: '1-2' })).rejects.toMatchObject({
		code: 'unsupported_input',
		message: expect.stringMatching(/no page 2/),
	});
});

test('refuses a PDF without its password, or with a wrong one', async () => {
	const locked = await encrypted(await scannedPdf(LINES), 'user', 'owner');
	await expect(ocr(locked, PDF)).rejects.toMatchObject({ code: 'encrypted_input' });
	const wrong = ocr(locked, PDF, { password: 'another' });
	await expect(wrong).rejects.toMatchObject({ code: 'wrong_password' });
	await expect(wrong).rejects.not.toThrow(/another/);
});

test('reports a password of several lines as wrong, and doesn’t pass its lines as arguments', async () => {
	const locked = await encrypted(await scannedPdf(LINES), 'user', 'owner');
	for (const password of ['user\n--show-encryption-key', 'user\r', '\n--help']) {
		await expect(ocr(locked, PDF, { password })).rejects.toMatchObject({ code: 'wrong_password' });
	}
});

test('counts pages, whatever the file claims', async () => {
	const pages = [textPage(['one']), textPage(['two']), textPage(['three'])];
	const lying = pdfFile({ pages }).toString('latin1').replace('/Count 3', '/Count 1');
	const run = ocr(Buffer.from(lying, 'latin1'), PDF, PLAIN, { pageLimit: { pages: 2 } });
	await expect(run).rejects.toMatchObject({
		code: 'limit_exceeded',
		message: expect.stringMatching(/has 3/),
	});
});

test('limits the pixels of a huge page', async () => {
	const hall = pdfFile({ pages: [textPage(LINES)] })
		.toString('latin1')
		.replace('[0 0 595 842]', '[0 0 14400 14400]');
	const { output } = await ocr(Buffer.from(hall, 'latin1'), PDF, { ...PLAIN, mode: 'force', optimize: 0 });
	const images = (await transform(output, 'bash', ['-c', 'pdfimages -list {in} > {out}'])).toString();
	const [, width, height] = /image +(\d+) +(\d+)/.exec(images) ?? [];
	expect(Number(width) * Number(height)).toBeGreaterThan(50_000_000);
	expect(Number(width) * Number(height)).toBeLessThan(101_000_000);
});

test.each(['pdf', 'pdfa'])(
	'refuses a signed PDF for output %s, which would break its signature',
	async (output) => {
		await expect(ocr(await signedScan(), PDF, { ...PLAIN, output })).rejects.toMatchObject({
			code: 'unsupported_input',
			message: expect.stringMatching(/signed/),
		});
	},
);

test('refuses a dynamic XFA form', async () => {
	const catalog = '/NeedsRendering true /AcroForm << /Fields [] /XFA (x) >>';
	const form = pdfFile({ pages: [await scannedPage(LINES)], catalog });
	await expect(ocr(form, PDF)).rejects.toMatchObject({ code: 'unsupported_input', message: /XFA/ });
});

test.each([
	['a PDF', PDF, async () => (await scannedPdf(LINES)).subarray(0, 300)],
	['a PNG', PNG, async () => (await scanAs('pnggray', LINES)).subarray(0, 500)],
	['a TIFF', TIFF, async () => (await scanAs('tiffgray', LINES, 2)).subarray(0, 4000)],
] as const)('%s that is cut short is corrupt', async (_, mimeType, make) => {
	await expect(ocr(await make(), mimeType)).rejects.toMatchObject({ code: 'corrupt_input' });
});

test('refuses an image that claims more pixels than its file can contain', async () => {
	const bomb = await withPillow(
		await scanAs('pnggray', LINES),
		'Image.new("1", (20000, 20000)).save(target, "PNG")',
	);
	await expect(ocr(bomb, PNG)).rejects.toMatchObject({ code: 'limit_exceeded' });
});

describe('a page with damaged resources', () => {
	/** Returns two pages, the first of which has resources that no program can read. */
	async function damaged(): Promise<Buffer> {
		const pdf = (await scannedPdf([], LINES)).toString('latin1');
		return Buffer.from(
			pdf.replace(/\/Resources << [\s\S]*?>> *(<<[\s\S]*?>> *)*>>/, '/Resources [1 2]'),
			'latin1',
		);
	}

	test('does not stop the recognition of other pages', async () => {
		const { output, details, warnings } = await ocr(await damaged(), PDF, PLAIN);
		expect(await textOf(output)).toMatch(FOUND);
		expect(details).toMatchObject({ pages: 2, pages_recognized: 1, words: 9 });
		expect(warnings).toEqual([expect.stringMatching(/^pages_failed: .*: 1\.$/)]);
	});

	test('prevents PDF/A, with a warning', async () => {
		const { output, warnings } = await ocr(await damaged(), PDF, { ...PLAIN, output: 'pdfa' });
		expect(await textOf(output)).toMatch(FOUND);
		expect(warnings).toContainEqual(expect.stringMatching(/^pdfa_failed: /));
	});
});
