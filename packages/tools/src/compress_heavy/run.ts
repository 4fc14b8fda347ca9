import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { deadlineMs } from '@creatorr/tool-kit/deadline';
import type { Run, ToolContext, ToolInput, ToolOutput } from '@creatorr/tool-kit/run';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { inspectPdf } from '../pdf/inspect.ts';
import { rewritePdf } from '../pdf/qpdf.ts';
import { hasSamePages, lostFeatures, type PdfStructure } from '../pdf/structure.ts';
import { compressWithGhostscript } from './ghostscript.ts';
import { imageSettings } from './image-settings.ts';
import { manifest } from './manifest.ts';

type Input = ToolInput<{ quality: number }>;
type Method = 'ghostscript' | 'qpdf' | 'original';

interface Candidate {
	method: Method;
	path: string;
	sizeBytes: number;
}

const LOSSLESS = 'lossless.pdf';
const LOSSY = 'lossy.pdf';

// Ghostscript's share of the deadline and of the progress: the checks before and after it are quick.
const GHOSTSCRIPT_SHARE = 0.8;
const START_PROGRESS = 0.05;

const NOT_SMALLER =
	'unchanged: no way was found to make the file smaller, so it is the original, byte for byte';
const SIGNED =
	'unchanged: the PDF is digitally signed and any change would break the signature, so it is the original, byte for byte';
const REPAIRED =
	'repaired: the PDF was damaged and had to be repaired; look whether all of its content is there';

/** The smallest of several compressed PDFs that lost nothing, or the original when none is smaller. */
export const run: Run<typeof manifest> = async (input, context) => {
	const { isRepaired } = await rewritePdf(context, input.path, LOSSLESS);
	const original = await inspectPdf(context, LOSSLESS);
	if (!original)
		throw new ToolError('corrupt_input', 'The PDF is damaged. Upload it again, or save it anew first.');
	if (original.signatures > 0) return unchanged(input, original, SIGNED);
	context.progress(START_PROGRESS);

	const candidates = [
		{ method: 'original' as const, path: input.path, sizeBytes: input.sizeBytes },
		await candidate(context, 'qpdf', LOSSLESS),
	];
	if (await makeLossy(input, context, original)) {
		candidates.push(await candidate(context, 'ghostscript', LOSSY));
	}
	return output(input, smallest(candidates), original, isRepaired);
};

/** Ghostscript's candidate; false when it made none or one that lost something. */
async function makeLossy(input: Input, context: ToolContext, original: PdfStructure): Promise<boolean> {
	// It would silently drop the owner's password and permissions.
	if (original.isEncrypted) return false;
	const pages = original.pageSizes.length;
	const isMade = await compressWithGhostscript(context, {
		inputName: LOSSLESS,
		outputName: LOSSY,
		images: imageSettings(input.params.quality),
		timeoutMs: GHOSTSCRIPT_SHARE * deadlineMs(manifest.limits, input.sizeBytes),
		onPage: (page) => context.progress(START_PROGRESS + (GHOSTSCRIPT_SHARE * (page - 1)) / pages),
	});
	if (!isMade) return false;
	context.progress(START_PROGRESS + GHOSTSCRIPT_SHARE);
	const made = await inspectPdf(context, LOSSY);
	return made !== undefined && hasSamePages(original, made) && lostFeatures(original, made).length === 0;
}

async function candidate(context: ToolContext, method: Method, name: string): Promise<Candidate> {
	const path = join(context.scratchDir, name);
	return { method, path, sizeBytes: (await stat(path)).size };
}

/** The first of the smallest, so that the original wins a tie. */
function smallest(candidates: Candidate[]): Candidate {
	return candidates.reduce((best, next) => (next.sizeBytes < best.sizeBytes ? next : best));
}

function output(input: Input, best: Candidate, original: PdfStructure, isRepaired: boolean): ToolOutput {
	if (best.method === 'original') return unchanged(input, original, NOT_SMALLER);
	return {
		outputPath: best.path,
		warnings: isRepaired ? [REPAIRED] : [],
		details: { method: best.method, pages: original.pageSizes.length },
	};
}

function unchanged(input: Input, original: PdfStructure, warning: string): ToolOutput {
	return {
		outputPath: input.path,
		warnings: [warning],
		details: { method: 'original' satisfies Method, pages: original.pageSizes.length },
	};
}
