import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { permissionsPdf, photoPdf, signedPdf } from './fixtures/documents.ts';
import { asJson, compress, imagesOf, levelsApart, made } from './fixtures/made.ts';

jest.setTimeout(120_000);

describe('compress_heavy', () => {
	let photo: Buffer;
	beforeAll(() => {
		photo = photoPdf();
	});

	test('with a lower quality makes a smaller file', async () => {
		const sizes: number[] = [];
		for (const quality of [20, 60, 95]) sizes.push((await compress(photo, { quality })).output.length);
		expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
		expect(new Set(sizes).size).toBe(3);
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

	test('with grayscale removes color from images, shapes and gradients', async () => {
		const original = await made('colors');
		const { output, warnings } = await compress(original, { grayscale: true });
		expect(warnings).toEqual([]);
		const pixels = await transform(output, 'bash', ['-c', 'pdftoppm -r 30 -singlefile {in} > {out}']);
		const [header] = /^P6\s+\d+\s+\d+\s+255\s/.exec(pixels.toString('latin1')) ?? [''];
		const values = pixels.subarray(header.length);
		const isColored = values.some((value, index) => Math.abs(value - (values[index - (index % 3)] ?? 0)) > 2);
		expect(isColored).toBe(false);
		expect(await levelsApart(original, output)).toBeLessThan(4);
	});

	test('with target_size_bytes lowers the quality to reach it', async () => {
		const usual = await compress(photo);
		const wanted = Math.round(usual.output.length * 0.7);
		const { output, warnings, details } = await compress(photo, { target_size_bytes: wanted });
		expect(output.length).toBeLessThanOrEqual(wanted);
		expect(details.quality).toBeLessThan(70);
		expect(warnings).toEqual([]);
	});

	test('with an unreachable target_size_bytes returns the smallest copy and warns', async () => {
		const { output, warnings } = await compress(photo, { target_size_bytes: 1000 });
		expect(warnings).toEqual([expect.stringMatching(/^target_missed: /)]);
		expect(output.length).toBeLessThan((await compress(photo)).output.length);
	});

	test('with target_size_bytes measures the output with its protection', async () => {
		const locked = await transform(photo, 'qpdf', ['--encrypt', '', 'owner', '256', '--', '{in}', '{out}']);
		const { output: usual } = await compress(locked);
		const { output, warnings } = await compress(locked, { target_size_bytes: usual.length - 1 });
		expect(output.length).toBe(usual.length);
		expect(warnings).toEqual([expect.stringMatching(/^target_missed: /)]);
	});

	test('returns the original if no copy is smaller, and says which params were not applied', async () => {
		const { output: original } = await compress(pdfFile({ pages: [textPage(['a short letter'])] }));
		const params = { remove_metadata: true, grayscale: true, target_size_bytes: 100 };
		const { output, warnings } = await compress(original, params);
		expect(output.equals(original)).toBe(true);
		expect(warnings).toEqual([
			expect.stringMatching(/^unchanged: .* Not applied: remove_metadata, grayscale\.$/),
			expect.stringMatching(/^target_missed: /),
		]);
	});

	test.each([
		[true, /\/Linearized/],
		[false, /^(?![\s\S]*\/Linearized)/],
	])('with linearize %s orders the file accordingly', async (linearize, beginning) => {
		const { output } = await compress(photo, { linearize });
		expect(output.subarray(0, 1024).toString('latin1')).toMatch(beginning);
	});

	test('keeps title and author without remove_metadata', async () => {
		const original = await made('whole');
		const info = async (params: Record<string, unknown>) =>
			(
				await transform((await compress(original, params)).output, 'bash', ['-c', 'pdfinfo {in} > {out}'])
			).toString();
		expect(await info({})).toMatch(/Title: +A title\nAuthor: +An author/);
		expect(await info({ remove_metadata: true })).not.toMatch(/A title|An author/);
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

	test('returns the same bytes for the same input', async () => {
		const original = await made('whole');
		const [first, second] = [await compress(original), await compress(original)];
		expect(first.output.equals(second.output)).toBe(true);
	});
});
