import { join } from 'node:path';
import type { ParamsOf } from '@creatorr/tool-kit/manifest';
import { PDF } from '@creatorr/tool-kit/media-types';
import { requirePageNumbers } from '@creatorr/tool-kit/page-ranges';
import type { Run, ToolContext, ToolInput, ToolOutput } from '@creatorr/tool-kit/run';
import { unlockPdf } from '../pdf/protection.ts';
import { countPages } from '../pdf/qpdf.ts';
import { imageToPdf } from './image.ts';
import { requireLanguages } from './languages.ts';
import type { manifest } from './manifest.ts';
import { countPagesWithText } from './page-text.ts';
import { type Recognition, recognise } from './recogniser.ts';
import { warningsOf } from './warnings.ts';

type Params = ParamsOf<typeof manifest>;

const OUTPUT = 'output';
const START_PROGRESS = 0.03;
const PAGES_PROGRESS = 0.95;

/** The PDF or image with its text recognised, or the original when all of its pages have text already. */
export const run: Run<typeof manifest> = async (input, context) => {
	const { params } = input;
	await requireLanguages(context, params.languages);
	const source = await prepareSource(context, input);
	context.requirePages(source.pages);
	requirePageNumbers(params.pages, source.pages);
	if (await staysAsItIs(context, input, source)) return original(input.path, params, source.pages);
	context.progress(START_PROGRESS);
	const recognition = await recognise(context, {
		path: source.path,
		outputName: OUTPUT,
		params,
		onPage: (done) =>
			context.progress(START_PROGRESS + (PAGES_PROGRESS - START_PROGRESS) * (done / source.pages)),
	});
	const isPdf = input.mimeType === PDF;
	// Pages whose text Poppler overlooked, but OCRmyPDF did not.
	if (isPdf && params.output === 'pdf' && hasTextEverywhere(recognition, params)) {
		return original(input.path, params, source.pages);
	}
	if (params.output === 'pdf' || params.output === 'pdfa') await source.protectAlike(OUTPUT);
	return {
		outputPath: join(context.scratchDir, OUTPUT),
		warnings: warningsOf(recognition, params),
		details: details(recognition, params),
	};
};

interface Source {
	/** A PDF that opens without a password. */
	path: string;
	pages: number;
	protectAlike(name: string): Promise<void>;
}

async function prepareSource(context: ToolContext, input: ToolInput<Params>): Promise<Source> {
	const { image_dpi: dpi, password } = input.params;
	if (input.mimeType !== PDF) {
		return { ...(await imageToPdf(context, input.path, dpi)), protectAlike: async () => {} };
	}
	const unlocked = await unlockPdf(context, input.path, password);
	return { ...unlocked, pages: await countPages(context, unlocked.path) };
}

async function staysAsItIs(context: ToolContext, input: ToolInput<Params>, source: Source): Promise<boolean> {
	const { mode, output } = input.params;
	if (input.mimeType !== PDF || mode !== 'skip' || output !== 'pdf') return false;
	return (await countPagesWithText(context, source.path)) === source.pages;
}

function hasTextEverywhere({ recognized, failed }: Recognition, params: Params): boolean {
	return params.mode === 'skip' && params.pages === null && recognized === 0 && failed.length === 0;
}

function original(path: string, params: Params, pages: number): ToolOutput {
	const nothing = { pages, recognized: 0, failed: [], words: 0, confidences: 0, is_pdfa: false };
	return { outputPath: path, warnings: warningsOf(nothing, params), details: details(nothing, params) };
}

function details(recognition: Recognition, { languages }: Params): Record<string, unknown> {
	const { pages, recognized, words, confidences } = recognition;
	return {
		...{ pages, pages_recognized: recognized, pages_skipped: pages - recognized },
		...{
			words,
			mean_confidence: words === 0 ? null : Math.round((10 * confidences) / words) / 10,
			languages,
		},
	};
}
