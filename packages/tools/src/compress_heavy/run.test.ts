/** @slice 7 */

import { describe, expect, jest, test } from '@jest/globals';
import { transform } from '../testing/command.ts';
import { describeContract } from '../testing/contract.ts';
import { textPage } from '../testing/pages.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { photoPdf, structuredPdf } from './fixtures/documents.ts';
import { asJson, compress, registerPdf, sampleOf } from './fixtures/generated-pdfs.ts';

jest.setTimeout(120_000);

const SLUG = 'compress_heavy';

/** Returns a PDF that an earlier compression made, so that nothing makes it smaller. */
async function compressed(): Promise<Buffer> {
	return (await compress(pdfFile({ pages: [textPage(['a short letter'])] }))).output;
}

describeContract(SLUG, async () => {
	const content = photoPdf();
	return {
		good: sampleOf(content),
		malformed: sampleOf(Buffer.from('%!PS-Adobe-3.0\nshowpage\n')),
		corrupt: sampleOf(content.subarray(0, content.length / 2)),
		slow: sampleOf(photoPdf(10, 1500)),
	};
});

describe(SLUG, () => {
	const photo = photoPdf();

	test('makes a photo much smaller and reports its quality', async () => {
		const { output, details, warnings, outputName } = await compress(photo);
		expect(output.length).toBeLessThan(photo.length / 3);
		expect(details).toMatchObject({ method: 'optimized', pages: 1, images: 1, images_recompressed: 1 });
		expect(warnings).toEqual([]);
		expect(outputName).toBe('input.compressed.pdf');
	});

	test('returns the original byte for byte with a warning if nothing is smaller', async () => {
		const original = await compressed();
		const { output, warnings, details } = await compress(original);
		expect(output.equals(original)).toBe(true);
		expect(warnings).toEqual([expect.stringMatching(/^unchanged: /)]);
		expect(details).toEqual({ method: 'original', pages: 1 });
	});

	test('keeps form fields, links, outlines and page labels', async () => {
		const { output } = await compress(structuredPdf());
		const json = await asJson(output);
		expect(json.match(/"\/Subtype": "\/(Widget|Link)"/g)?.sort()).toEqual([
			'"/Subtype": "/Link"',
			'"/Subtype": "/Widget"',
		]);
		expect(json.match(/"title": "\w+"/g)).toEqual(['"title": "one"', '"title": "two"']);
		expect(json).toMatch(/"fullname": "name"/);
		expect(json).toMatch(/"\/S": "\/r"/);
	});

	const whole = registerPdf('whole');
	test('keeps tags, layers, destinations, attachments and XFA', async () => {
		const { output, details } = await compress(whole());
		expect(details.method).toBe('optimized');
		const json = await asJson(output);
		for (const key of ['/StructTreeRoot', '/OCProperties', '/Dests', '/XFA', '/Lang'])
			expect(json).toContain(`"${key}"`);
		expect(json).toMatch(/"preferredname": "data.txt"/);
		expect(json).not.toMatch(/PieceInfo/);
	});

	test('keeps an owner’s password and permissions', async () => {
		const restriction = ['--encrypt', '', 'owner', '256', '--print=none', '--', '{in}', '{out}'];
		const restricted = await transform(structuredPdf(), 'qpdf', ['--stream-data=uncompress', ...restriction]);
		const { output } = await compress(restricted);
		expect(output.length).toBeLessThan(restricted.length);
		const said = await transform(output, 'bash', ['-c', 'qpdf --show-encryption {in} > {out}']);
		expect(said.toString()).toMatch(/print low resolution: not allowed/);
	});

	test('repairs a PDF with a broken cross-reference table and warns', async () => {
		const broken = Buffer.from(photo.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1');
		const { warnings } = await compress(broken);
		expect(warnings).toEqual([expect.stringMatching(/^repaired: /)]);
	});

	test('reports progress by image', async () => {
		const seen: number[] = [];
		await compress(photoPdf(4, 300), {}, { onProgress: (percent) => seen.push(percent) });
		expect(seen.length).toBeGreaterThanOrEqual(4);
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
	});
});
