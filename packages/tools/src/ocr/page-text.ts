import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { ToolContext } from '@creatorr/tool-kit/tool/tool';

const INPUT = 'input.pdf';
const BYTES_PER_MIB = 1024 * 1024;
/** The count is optional: OCR checks each page itself before it renders it. Text of real documents takes a tenth of this. */
const TIMEOUT = { baseMs: 5_000, perMiBMs: 5_000 };

/** Returns how many pages of a PDF have text, or 0 if that is unknown, as OCR then checks itself. */
export async function countPagesWithText(
	context: ToolContext,
	{ path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<number> {
	const counter = pageTextCounter();
	const result = await context.exec('pdftotext', ['-q', inputPath(INPUT), '-'], {
		readOnly: { [INPUT]: path },
		timeoutMs: TIMEOUT.baseMs + (TIMEOUT.perMiBMs * sizeBytes) / BYTES_PER_MIB,
		onLine: (line, stream) => {
			if (stream === 'stdout') counter.takeLine(line);
		},
	});
	return result.exitCode === 0 ? counter.pagesWithText() : 0;
}

/** Counts pages with text in pdftotext's output, where a form feed ends each page. */
export function pageTextCounter() {
	let pagesWithText = 0;
	let hasText = false;
	return {
		takeLine(line: string): void {
			const [rest = '', ...pages] = line.split('\f');
			hasText ||= rest.trim() !== '';
			for (const start of pages) {
				if (hasText) pagesWithText += 1;
				hasText = start.trim() !== '';
			}
		},
		pagesWithText: () => pagesWithText,
	};
}
