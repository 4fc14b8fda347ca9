import type { ToolContext } from '@creatorr/tool-kit/run';
import { scratchPath } from '@creatorr/tool-kit/sandbox-files';
import { type PageSize, pageSizeParser } from './page-sizes.ts';
import { type PdfStructure, structureCounter } from './structure.ts';

const SECTIONS = ['qpdf', 'outlines', 'acroform', 'attachments', 'pagelabels', 'encrypt'];
const SUCCEEDED_WITH_WARNINGS = 3;
const LAST_PAGE = 1_000_000;

/**
 * Looks into a PDF in the scratch directory. Undefined when one of two independent readers can't open it.
 *
 * qpdf writes each key of its JSON on a line of its own, so a file of any size is counted line by line, in memory that stays
 * the same, where parsing the JSON as a whole would take many times the PDF's size.
 */
export async function inspectPdf(context: ToolContext, name: string): Promise<PdfStructure | undefined> {
	const counter = structureCounter();
	const sections = SECTIONS.map((section) => `--json-key=${section}`);
	const onLine = (line: string) => counter.takeLine(line);
	const read = await context.exec('qpdf', ['--json=2', ...sections, '--', scratchPath(name)], { onLine });
	if (read.exitCode !== 0 && read.exitCode !== SUCCEEDED_WITH_WARNINGS) return undefined;
	const pageSizes = await readPageSizes(context, name);
	return pageSizes && { ...counter.result(), pageSizes };
}

async function readPageSizes(context: ToolContext, name: string): Promise<PageSize[] | undefined> {
	const parser = pageSizeParser();
	const args = ['-f', '1', '-l', String(LAST_PAGE), scratchPath(name)];
	const read = await context.exec('pdfinfo', args, { onLine: (line) => parser.takeLine(line) });
	return read.exitCode === 0 && parser.sizes.length > 0 ? parser.sizes : undefined;
}
