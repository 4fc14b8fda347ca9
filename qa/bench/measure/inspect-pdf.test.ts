import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textPage } from '@creatorr/tools/testing/pages';
import { pdfFile } from '@creatorr/tools/testing/pdf-file';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { judgePdf, type Verdict } from './inspect-pdf.ts';

// Drawing and comparing pages takes its time on a busy machine.
jest.setTimeout(120_000);

const PAGE = textPage(Array.from({ length: 18 }, (_, row) => `${row} of words that anyone can read`));
const OUTLINE = {
	catalog: '/Outlines A 0 R',
	objects: [
		'<< /Type /Outlines /First B 0 R /Last B 0 R /Count 1 >>',
		'<< /Title (Page 1) /Parent A 0 R /Dest [C 0 R /Fit] >>',
	],
};
const UNUSED_OBJECT = `(${'unused '.repeat(2_000)})`;

const smaller = pdfFile({ pages: [PAGE, PAGE], ...OUTLINE });
const larger = pdfFile({ pages: [PAGE, PAGE], ...OUTLINE, objects: [...OUTLINE.objects, UNUSED_OBJECT] });

const folder = mkdtempSync(join(tmpdir(), 'judge-'));
afterAll(() => rmSync(folder, { recursive: true }));

function judge(original: Buffer, output: Buffer): Promise<Verdict> {
	const [before, after] = [join(folder, 'before.pdf'), join(folder, 'after.pdf')];
	writeFileSync(before, original);
	writeFileSync(after, output);
	return judgePdf(before, after);
}

describe('judgePdf', () => {
	test('scores a smaller file that looks the same by its ratio', async () => {
		const verdict = await judge(larger, smaller);
		expect(verdict).toMatchObject({ ssim: 1, lost: [], score: verdict.ratio });
		expect(verdict.ratio).toBeLessThan(0.9);
	});

	test('scores the original as no gain', async () => {
		expect(await judge(larger, larger)).toEqual({ ratio: 1, ssim: 1, lost: [], score: 1 });
	});

	test('detects a blank page', async () => {
		const verdict = await judge(larger, pdfFile({ pages: [{ content: '' }, PAGE], ...OUTLINE }));
		expect(verdict).toMatchObject({ score: 1, lost: [] });
		expect(verdict.ssim).toBeLessThan(0.95);
	});

	test.each([
		['outline', pdfFile({ pages: [PAGE, PAGE] })],
		['pages', pdfFile({ pages: [PAGE], ...OUTLINE })],
	])('detects lost %s', async (lost, output) => {
		const verdict = await judge(larger, output);
		expect(verdict.score).toBe(1);
		expect(verdict.lost).toContain(lost);
	});

	test('rejects a file that is no PDF', async () => {
		const verdict = await judge(larger, Buffer.from('not a PDF'));
		expect(verdict).toMatchObject({ score: 1, ssim: 0, lost: ['unreadable: PdfError'] });
	});
});
