import { join } from 'node:path';
import { PDF } from '@creatorr/tool-kit/files/media-types';
import { countPageNumbers, requirePageNumbers } from '@creatorr/tool-kit/params/page-ranges';
import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { Run, ToolContext, ToolInput, ToolOutput } from '@creatorr/tool-kit/tool/tool';
import { unlockPdf } from '../pdf/protection.ts';
import { countPages } from '../pdf/qpdf.ts';
import { imageToPdf } from './image.ts';
import { requireLanguages } from './languages.ts';
import type { manifest } from './manifest.ts';
import { countPagesWithText } from './page-text.ts';
import { type Recognition, recognize } from './recognizer.ts';
import { warningsOf } from './warnings.ts';

export { capabilities } from './languages.ts';

type Params = ParamsOf<typeof manifest>;

const OUTPUT = 'output';
const START_PROGRESS = 0.03;
const PAGES_PROGRESS = 0.95;
const PROTECTED_PDFA =
	'pdfa_failed: The file is protected by a password or against editing, which PDF/A doesn’t allow. The result is a regular PDF with the same protection.';

/** Returns the PDF or image with recognized text, or the original if every page has text. */
export const run: Run<typeof manifest> = async (input, context) => {
	await requireLanguages(context, input.params.languages);
	const source = await prepareSource(context, input);
	const params = supportedParams(input.params, source);
	const pdfaWarnings = params === input.params ? [] : [PROTECTED_PDFA];
	requirePageNumbers('pages', params.pages, source.pages);
	const original = () => originalOf(input.path, params, source.pages, pdfaWarnings);
	const pagesWithText = await pagesToSkip(context, { ...input, params }, source);
	if (pagesWithText === source.pages) return original();
	context.estimatePages(
		params.pages === null ? source.pages - pagesWithText : countPageNumbers(params.pages),
	);
	const onPage = (done: number) => {
		const share = START_PROGRESS + (PAGES_PROGRESS - START_PROGRESS) * (done / source.pages);
		context.progress(share, 1, { page: Math.min(done + 1, source.pages), pages: source.pages });
	};
	onPage(0);
	const recognition = await recognize(context, {
		path: source.path,
		outputName: OUTPUT,
		params,
		onPage,
	});
	const isPdf = input.mimeType === PDF;
	// OCRmyPDF found text on every page, although Poppler did not.
	if (isPdf && params.output === 'pdf' && hasTextEverywhere(recognition, params)) {
		return original();
	}
	if (params.output === 'pdf' || params.output === 'pdfa') await source.reapplyProtection(OUTPUT);
	return {
		outputPath: join(context.scratchDir, OUTPUT),
		warnings: [...warningsOf(recognition, params), ...pdfaWarnings],
		details: details(recognition, params),
	};
};

interface Source {
	/** Path of a PDF that opens without a password. */
	path: string;
	pages: number;
	isProtected: boolean;
	reapplyProtection(name: string): Promise<void>;
}

/** Returns the params with PDF instead of PDF/A as the output of a protected PDF, which can't become PDF/A. */
function supportedParams(params: Params, { isProtected }: Source): Params {
	return isProtected && params.output === 'pdfa' ? { ...params, output: 'pdf' } : params;
}

async function prepareSource(context: ToolContext, input: ToolInput<Params>): Promise<Source> {
	const { image_dpi: dpi, password } = input.params;
	if (input.mimeType !== PDF) {
		const image = await imageToPdf(context, input.path, dpi);
		context.checkPageLimit(image.pages);
		return { ...image, isProtected: false, reapplyProtection: async () => {} };
	}
	const unlocked = await unlockPdf(context, input.path, password);
	const pages = await countPages(context, unlocked.path);
	return { ...unlocked, pages, isProtected: unlocked.path !== input.path };
}

/** Returns how many pages keep their text. If all do, the original is the result. */
async function pagesToSkip(context: ToolContext, input: ToolInput<Params>, source: Source): Promise<number> {
	const { mode, output } = input.params;
	if (input.mimeType !== PDF || mode !== 'skip' || output !== 'pdf') return 0;
	return await countPagesWithText(context, { path: source.path, sizeBytes: input.sizeBytes });
}

function hasTextEverywhere({ recognized, failed }: Recognition, params: Params): boolean {
	return params.mode === 'skip' && params.pages === null && recognized === 0 && failed.length === 0;
}

function originalOf(path: string, params: Params, pages: number, warnings: readonly string[]): ToolOutput {
	const nothing = {
		pages,
		recognized: 0,
		failed: [],
		words: 0,
		confidence_sum: 0,
		is_pdfa: false,
		signatures_removed: false,
	};
	return {
		outputPath: path,
		warnings: [...warningsOf(nothing, params), ...warnings],
		details: details(nothing, params),
	};
}

function details(recognition: Recognition, { languages }: Params): Record<string, unknown> {
	const { pages, recognized, words, confidence_sum } = recognition;
	return {
		pages,
		pages_recognized: recognized,
		pages_skipped: pages - recognized,
		words,
		mean_confidence: words === 0 ? null : Math.round((10 * confidence_sum) / words) / 10,
		languages,
	};
}
