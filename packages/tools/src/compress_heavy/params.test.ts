/** @slice 8 */

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { runSample, type SampleResult } from '../testing/run-sample.ts';
import { permissionsPdf, photoPdf, signedPdf } from './fixtures/documents.ts';
import {
	asJson,
	compress,
	imagesOf,
	meanLevelDifference,
	registerPdf,
	sampleOf,
} from './fixtures/generated-pdfs.ts';

jest.setTimeout(120_000);

describe('compress_heavy', () => {
	const photo = photoPdf();
	let usual: SampleResult;
	beforeAll(async () => {
		usual = await compress(photo, { quality: 70, linearize: true });
	});

	test('with a lower quality makes a smaller file', async () => {
		const lower = (await compress(photo, { quality: 20 })).output.length;
		const higher = (await compress(photo, { quality: 95 })).output.length;
		expect(lower).toBeLessThan(usual.output.length);
		expect(usual.output.length).toBeLessThan(higher);
	});

	test('with image_dpi scales images down to it', async () => {
		const { output } = await compress(photo, { image_dpi: 72 });
		// A4 has 595 × 842 points of 1/72 inch.
		expect(await imagesOf(output)).toEqual([expect.objectContaining({ width: 595, height: 842 })]);
	});

	test('with image_dpi doesn’t scale images up', async () => {
		const { output } = await compress(photo, { image_dpi: 600 });
		expect(await imagesOf(output)).toEqual([expect.objectContaining({ width: 1200, height: 1200 })]);
	});

	const colored = registerPdf('colors');
	test('with grayscale removes color from images, shapes and gradients', async () => {
		const original = colored();
		const { output, warnings } = await compress(original, { grayscale: true });
		expect(warnings).toEqual([]);
		const pixels = await transform(output, 'bash', ['-c', 'pdftoppm -r 30 -singlefile {in} > {out}']);
		const [header] = /^P6\s+\d+\s+\d+\s+255\s/.exec(pixels.toString('latin1')) ?? [''];
		const values = pixels.subarray(header.length);
		const { abs } = Math;
		const isColored = values.some((value, index) => abs(value - (values[index - (index % 3)] ?? 0)) > 2);
		expect(isColored).toBe(false);
		expect(await meanLevelDifference(original, output)).toBeLessThan(4);
	});

	test('with target_size_bytes lowers the quality to reach it', async () => {
		const wanted = Math.round(usual.output.length * 0.7);
		const { output, warnings, details } = await compress(photo, { target_size_bytes: wanted });
		expect(output.length).toBeLessThanOrEqual(wanted);
		expect(details.quality).toBeLessThan(70);
		expect(warnings).toEqual([]);
	});

	test('with an unreachable target_size_bytes returns the smallest copy and warns', async () => {
		const { output, warnings } = await compress(photo, { target_size_bytes: 1000 });
		expect(warnings).toEqual([expect.stringMatching(/^target_missed: /)]);
		expect(output.length).toBeLessThan(usual.output.length);
	});

	test('with target_size_bytes measures the output with its protection', async () => {
		const lock = ['--encrypt', '', 'owner', '256', '--', '{in}', '{out}'];
		const locked = await transform(photo, 'qpdf', lock);
		const { output: whole } = await compress(locked);
		const { output, warnings } = await compress(locked, { target_size_bytes: whole.length - 1 });
		expect(output.length).toBe(whole.length);
		expect(warnings).toEqual([expect.stringMatching(/^target_missed: /)]);
	});

	test('returns the original if no copy is smaller, and says what it still has', async () => {
		const { output: original } = await compress(pdfFile({ pages: [textPage(['a short letter'])] }));
		const params = { remove_metadata: true, grayscale: true, target_size_bytes: 100 };
		const { output, warnings } = await compress(original, params);
		expect(output.equals(original)).toBe(true);
		expect(warnings).toEqual([
			expect.stringMatching(
				/^unchanged: .* It still has its metadata and colors\. To remove these, use another program\.$/,
			),
			expect.stringMatching(/^target_missed: /),
		]);
	});

	const isLinearized = (pdf: Buffer) => pdf.subarray(0, 1024).includes('/Linearized');

	test('with linearize returns a linearized PDF', () => {
		expect(isLinearized(usual.output)).toBe(true);
	});

	test('without linearize returns a PDF that is not linearized', async () => {
		const { output } = await compress(photo, { linearize: false });
		expect(isLinearized(output)).toBe(false);
	});

	describe('for a document with a title and an author', () => {
		const original = registerPdf('whole');
		let kept: Buffer;
		beforeAll(async () => {
			kept = (await compress(original())).output;
		});
		const infoOf = async (pdf: Buffer) =>
			(await transform(pdf, 'bash', ['-c', 'pdfinfo {in} > {out}'])).toString();

		test('keeps them without remove_metadata', async () => {
			expect(await infoOf(kept)).toMatch(/Title: +A title\nAuthor: +An author/);
		});

		test('removes them with remove_metadata', async () => {
			const { output } = await compress(original(), { remove_metadata: true });
			expect(await infoOf(output)).not.toMatch(/A title|An author/);
		});

		test('returns the same bytes for the same input, in another process', async () => {
			const { output } = await runSample('compress_heavy', sampleOf(original()));
			expect(output.equals(kept)).toBe(true);
		});
	});

	test('with the password opens a PDF and keeps it locked', async () => {
		const locked = await transform(photo, 'qpdf', [
			...['--encrypt', 'open sesame', 'owner', '256', '--print=none', '--', '{in}', '{out}'],
		]);
		await expect(compress(locked)).rejects.toMatchObject({ code: 'encrypted_input' });
		await expect(compress(locked, { password: 'no' })).rejects.toMatchObject({ code: 'wrong_password' });
		const { output } = await compress(locked, { password: 'open sesame' });
		expect(output.length).toBeLessThan(locked.length / 3);
		const show = ['-c', "qpdf --password='open sesame' --show-encryption {in} > {out}"];
		const said = (await transform(output, 'bash', show)).toString();
		expect(said).toMatch(/R = 6[\s\S]*User password = open sesame[\s\S]*print low resolution: not allowed/);
	});

	test('with signed reject refuses to break a signature', async () => {
		await expect(compress(signedPdf())).rejects.toMatchObject({
			code: 'unsupported_input',
			message: expect.stringContaining('signed'),
		});
	});

	test('with signed reject refuses to break a certification without a field', async () => {
		await expect(compress(permissionsPdf('DocMDP'))).rejects.toMatchObject({ code: 'unsupported_input' });
	});

	test('with signed reject compresses a PDF that has only usage rights, and removes them with a warning', async () => {
		const { output, warnings } = await compress(permissionsPdf('UR3'));
		expect(warnings).toEqual([expect.stringMatching(/^usage_rights_removed: /)]);
		expect(await asJson(output)).not.toMatch(/UR3|ByteRange/);
	});

	test('with signed invalidate empties the signature field, keeps it, and warns', async () => {
		const { output, warnings } = await compress(signedPdf(), { signed: 'invalidate' });
		expect(warnings).toEqual([expect.stringMatching(/^signature_invalidated: /)]);
		const json = await asJson(output);
		expect(json).toMatch(/"fullname": "signature"/);
		expect(json).not.toMatch(/ByteRange|SigFlags/);
	});
});
