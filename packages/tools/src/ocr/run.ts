import { join } from 'node:path';
import { PDF } from '@creatorr/tool-kit/media-types';
import type { Run, ToolContext, ToolOutput } from '@creatorr/tool-kit/run';
import { countPages } from '../pdf/qpdf.ts';
import { prepareImage } from './image.ts';
import { requireLanguages } from './languages.ts';
import type { manifest } from './manifest.ts';
import { recognise } from './ocrmypdf.ts';
import { countPagesWithText } from './page-text.ts';

const OUTPUT = 'output.pdf';
const START_PROGRESS = 0.03;
const PAGES_PROGRESS = 0.95;

/** The PDF or image as a PDF whose text can be searched, or the original when all of its pages have text already. */
export const run: Run<typeof manifest> = async (input, context) => {
	const { params } = input;
	await requireLanguages(context, params.languages);
	const source = await prepareSource(context, input.path, input.mimeType);
	const isPdf = source.dpi === undefined;
	if (isPdf && params.mode === 'skip' && (await countPagesWithText(context, input.path)) === source.pages) {
		return alreadyHasText(input.path, source.pages);
	}
	context.progress(START_PROGRESS);
	const { skippedPages } = await recognise(context, {
		...source,
		outputName: OUTPUT,
		params,
		onPage: (done) =>
			context.progress(START_PROGRESS + (PAGES_PROGRESS - START_PROGRESS) * (done / source.pages)),
	});
	if (isPdf && skippedPages === source.pages) return alreadyHasText(input.path, source.pages);
	return {
		outputPath: join(context.scratchDir, OUTPUT),
		warnings: [],
		details: counts(source.pages, skippedPages),
	};
};

interface Source {
	path: string;
	pages: number;
	dpi: number | undefined;
}

async function prepareSource(context: ToolContext, path: string, mimeType: string): Promise<Source> {
	if (mimeType !== PDF) return prepareImage(context, path);
	return { path, pages: await countPages(context, path), dpi: undefined };
}

function alreadyHasText(path: string, pages: number): ToolOutput {
	const warning =
		'already_has_text: every page has text, so the file is the original; use mode redo or force to replace it';
	return { outputPath: path, warnings: [warning], details: counts(pages, pages) };
}

function counts(pages: number, skippedPages: number): Record<string, number> {
	return { pages, pages_recognized: pages - skippedPages, pages_skipped: skippedPages };
}
