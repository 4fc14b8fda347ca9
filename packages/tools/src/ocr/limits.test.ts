import { PDF } from '@creatorr/tool-kit/files/media-types';
import { deadlineMs } from '@creatorr/tool-kit/limits/deadline';
import type { ToolLimits } from '@creatorr/tool-kit/tool/manifest';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { expect, jest, test } from '@jest/globals';
import { amplifiedPage, rawPdf } from '../testing/builders/pdf.ts';
import { LETTER, LINES, ocr, PLAIN, scannedPdf } from './fixtures/ocr.ts';
import { manifest } from './manifest.ts';

jest.setTimeout(180_000);

/** 38.5 pages a minute on two cores. The fallback uses one of them. */
const MEASURED_PAGE_MS = 60_000 / 38.5;
const PLAIN_FACTOR = 2;

const limited = (limits: Partial<ToolLimits>) => {
	return (tool: Tool): Tool => ({
		...tool,
		manifest: { ...tool.manifest, limits: { ...tool.manifest.limits, ...limits } },
	});
};

test('pages that take longer than the deadline cause timeout', async () => {
	const adapt = limited({ deadline: { baseMs: 1500, perMiBMs: 0, capMs: 1500 } });
	const pages = Array.from({ length: 12 }, () => LETTER);
	await expect(ocr(await scannedPdf(...pages), PDF, PLAIN, { adapt })).rejects.toMatchObject({
		code: 'timeout',
	});
});

test('the deadline of a file with the plan’s maximum of pages is sufficient, also for two attempts', () => {
	const planLimits = Object.values(manifest.planLimits ?? {});
	expect(planLimits).toHaveLength(2);
	for (const { maxPages: pages } of planLimits) {
		const { capMs } = manifest.limits.deadline;
		const allowedMs = deadlineMs(manifest.limits, { sizeBytes: 1, pages });
		expect(allowedMs).toBeGreaterThan(pages * MEASURED_PAGE_MS * (1 + PLAIN_FACTOR));
		expect(allowedMs).toBeLessThan(capMs);
	}
});

test('a failure of OCRmyPDF that is not caused by the file is tool_failed', async () => {
	await expect(
		ocr(await scannedPdf(LINES), PDF, PLAIN, { adapt: limited({ maxProcesses: 1 }) }),
	).rejects.toMatchObject({
		code: 'tool_failed',
		message: 'The tool couldn’t process this file. Open it, save a new copy, and try with that.',
		cause: { command: 'python3', stderr: expect.stringMatching(/Resource temporarily unavailable/) },
	});
});

test('a page that takes years to draw is over the limit, within seconds', async () => {
	const adapt = limited({ deadline: { baseMs: 30_000, perMiBMs: 0, capMs: 30_000 } });
	await expect(ocr(amplifiedPage(12), PDF, PLAIN, { adapt })).rejects.toMatchObject({
		code: 'limit_exceeded',
	});
});

test('a stream with too many filters is over the limit', async () => {
	const filter = `/Filter [${'/ASCIIHexDecode '.repeat(100)}]`;
	const form = { dictionary: `/Type /XObject /Subtype /Form /BBox [0 0 9 9] ${filter}`, stream: '>' };
	const page =
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << /XObject << /X 4 0 R >> >> >>';
	const tree = '<< /Type /Pages /Kids [3 0 R] /Count 1 >>';
	const pdf = rawPdf({ objects: ['<< /Type /Catalog /Pages 2 0 R >>', tree, page, form] });
	await expect(ocr(pdf, PDF)).rejects.toMatchObject({ code: 'limit_exceeded' });
});
