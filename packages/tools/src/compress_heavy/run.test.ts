import { PDF } from '@creatorr/tool-kit/media-types';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { describeContract } from '../../test/contract.ts';
import { transform } from '../../test/fixtures/command.ts';
import { textPage } from '../../test/fixtures/pages.ts';
import { pdfFile } from '../../test/fixtures/pdf-file.ts';
import { runSample, type Sample } from '../../test/run-sample.ts';
import { photoPdf, signedPdf, structuredPdf } from './fixtures/documents.ts';

jest.setTimeout(120_000);

const SLUG = 'compress_heavy';

function sample(content: Buffer, params: Sample['params'] = {}): Sample {
	return { name: 'input.pdf', mimeType: PDF, content, params };
}

const compress = (content: Buffer, params?: Sample['params']) => runSample(SLUG, sample(content, params));

/** A PDF that nothing can make smaller: what an earlier compression made. */
async function compressed(): Promise<Buffer> {
	return (await compress(pdfFile({ pages: [textPage(['a short letter'])] }))).output;
}

const asJson = async (pdf: Buffer) =>
	(await transform(pdf, 'bash', ['-c', 'qpdf --json=2 {in} > {out}'])).toString();

describeContract(SLUG, async () => {
	const content = photoPdf();
	return {
		good: sample(content),
		malformed: sample(Buffer.from('%!PS-Adobe-3.0\nshowpage\n')),
		corrupt: sample(content.subarray(0, content.length / 2)),
		slow: sample(photoPdf(10, 1500)),
	};
});

describe(SLUG, () => {
	let photoContent: Buffer;
	beforeAll(() => {
		photoContent = photoPdf();
	});

	test('makes a photo much smaller and says how', async () => {
		const { output, details, warnings, outputName } = await compress(photoContent);
		expect(output.length).toBeLessThan(photoContent.length / 3);
		expect(details).toMatchObject({ method: 'optimised', pages: 1, images: 1, images_recompressed: 1 });
		expect(warnings).toEqual([]);
		expect(outputName).toBe('input.compressed.pdf');
	});

	test('makes it smaller the lower the quality is', async () => {
		const sizes: number[] = [];
		for (const quality of [20, 60, 95]) sizes.push((await compress(photoContent, { quality })).output.length);
		expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
		expect(new Set(sizes).size).toBe(3);
	});

	test('gives the original back byte for byte, and says so, when nothing is smaller', async () => {
		const original = await compressed();
		const { output, warnings, details } = await compress(original);
		expect(output.equals(original)).toBe(true);
		expect(warnings).toEqual([expect.stringMatching(/^unchanged: /)]);
		expect(details).toEqual({ method: 'original', pages: 1 });
	});

	test('loses no form field, link, outline and page label', async () => {
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

	test('does not break a signature unless it is told to', async () => {
		await expect(compress(signedPdf())).rejects.toMatchObject({ code: 'unsupported_input' });
	});

	test('empties the signature field when told to, and says so', async () => {
		const { output, warnings } = await compress(signedPdf(), { signed: 'invalidate' });
		expect(warnings).toEqual([expect.stringMatching(/^signature_invalidated: /)]);
		const json = await asJson(output);
		expect(json).toMatch(/"fullname": "signature"/);
		expect(json).not.toMatch(/ByteRange|SigFlags/);
	});

	test('can not open a PDF that needs a password', async () => {
		const locked = await transform(photoContent, 'qpdf', [
			'--encrypt',
			'user',
			'owner',
			'256',
			'--',
			'{in}',
			'{out}',
		]);
		await expect(compress(locked)).rejects.toMatchObject({ code: 'encrypted_input' });
	});

	test('keeps an owner’s password and permissions', async () => {
		const restriction = ['--encrypt', '', 'owner', '256', '--print=none', '--', '{in}', '{out}'];
		const restricted = await transform(structuredPdf(), 'qpdf', ['--stream-data=uncompress', ...restriction]);
		const { output } = await compress(restricted);
		expect(output.length).toBeLessThan(restricted.length);
		const said = await transform(output, 'bash', ['-c', 'qpdf --show-encryption {in} > {out}']);
		expect(said.toString()).toMatch(/print low resolution: not allowed/);
	});

	test('repairs a PDF whose table of contents is broken and says so', async () => {
		const broken = Buffer.from(
			photoContent.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'),
			'latin1',
		);
		const { warnings } = await compress(broken);
		expect(warnings).toEqual([expect.stringMatching(/^repaired: /)]);
	});

	test.each([
		['garbage under a PDF header', Buffer.from('%PDF-1.4\nthis is no PDF at all'), 'corrupt_input'],
		['a PDF without pages', pdfFile({ pages: [] }), 'corrupt_input'],
		['PostScript with a PDF header behind it', Buffer.from('%!PS\n%PDF-1.4\nshowpage'), 'unsupported_input'],
	])('makes no blank page of %s', async (_, content, code) => {
		await expect(compress(content)).rejects.toMatchObject({ code });
	});

	test('tells progress by image', async () => {
		const seen: number[] = [];
		await runSample(SLUG, sample(photoPdf(4, 300)), { onProgress: (percent) => seen.push(percent) });
		expect(seen.length).toBeGreaterThanOrEqual(4);
		expect(seen).toEqual([...seen].sort((a, b) => a - b));
	});
});
