import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { describe, expect, jest, test } from '@jest/globals';
import { rawPdf } from '../testing/builders/pdf.ts';
import { pdfFile } from '../testing/pdf-file.ts';
import { photoPdf } from './fixtures/documents.ts';
import { compress, registerPdf } from './fixtures/generated-pdfs.ts';

jest.setTimeout(120_000);

const limited =
	(limits: Partial<Tool['manifest']['limits']>) =>
	(tool: Tool): Tool => ({
		...tool,
		manifest: { ...tool.manifest, limits: { ...tool.manifest.limits, ...limits } },
	});

describe('compress_heavy', () => {
	test.each([
		['garbage under a PDF header', Buffer.from('%PDF-1.4\nthis is no PDF at all'), 'corrupt_input'],
		['a PDF without pages', pdfFile({ pages: [] }), 'corrupt_input'],
		['PostScript with a PDF header behind it', Buffer.from('%!PS\n%PDF-1.4\nshowpage'), 'unsupported_input'],
	])('throws for %s instead of returning a blank page', async (_, content, code) => {
		await expect(compress(content)).rejects.toMatchObject({ code });
	});

	test('refuses a PDF whose pages can’t be displayed, and says what to do', async () => {
		const objects = [
			'<< /Type /Catalog /Pages 2 0 R >>',
			'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
			'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 7 >>',
		];
		await expect(compress(rawPdf({ objects }))).rejects.toMatchObject({
			code: 'corrupt_input',
			message: expect.stringMatching(/couldn’t read the pages.*“Save as PDF”/),
		});
	});

	const bomb = registerPdf('bomb');
	test('does not unpack a decompression bomb', async () => {
		await expect(compress(bomb())).rejects.toMatchObject({
			code: 'limit_exceeded',
			message: expect.stringContaining('too large to process'),
		});
	});

	test('throws limit_exceeded if the memory is not sufficient', async () => {
		const adapt = limited({ memoryBytes: 120 * 1024 * 1024 });
		await expect(compress(photoPdf(1, 600), {}, { adapt })).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('fails if it can’t write its output', async () => {
		const adapt = limited({ maxFileBytes: 1024 });
		await expect(compress(photoPdf(1, 600), {}, { adapt })).rejects.toMatchObject({
			code: 'limit_exceeded',
		});
	});

	test('ends at its deadline', async () => {
		const adapt = limited({ deadline: { baseMs: 100, perMiBMs: 0, capMs: 100 } });
		await expect(compress(photoPdf(1, 600), {}, { adapt })).rejects.toMatchObject({ code: 'timeout' });
	});
});
