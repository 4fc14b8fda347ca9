import { inputPath } from '@creatorr/tool-kit/sandbox/paths';
import type { ToolContext } from '@creatorr/tool-kit/tool/tool';

const INPUT = 'input.pdf';
/** OCR can do without, and looks closer before it draws what takes so long. */
const MOST_MS = 60_000;

/** How many pages of a PDF have text. 0 when that can't be told, as OCR then finds out by itself. */
export async function countPagesWithText(context: ToolContext, path: string): Promise<number> {
	const counter = pageTextCounter();
	const result = await context.exec('pdftotext', ['-q', inputPath(INPUT), '-'], {
		readOnly: { [INPUT]: path },
		timeoutMs: MOST_MS,
		onLine: (line, stream) => {
			if (stream === 'stdout') counter.takeLine(line);
		},
	});
	return result.exitCode === 0 ? counter.pagesWithText() : 0;
}

/** Counts over the lines of pdftotext's output, in which a form feed ends each page. */
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
