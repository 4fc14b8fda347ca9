import { availableParallelism } from 'node:os';
import type { CommandResult } from '@creatorr/tool-kit/command';
import type { ParamsOf } from '@creatorr/tool-kit/manifest';
import type { ToolContext } from '@creatorr/tool-kit/run';
import { inputPath, scratchPath } from '@creatorr/tool-kit/sandbox-files';
import { ToolError } from '@creatorr/tool-kit/tool-error';
import { throwOnLimit, toolFailed } from '../command-failure.ts';
import type { manifest } from './manifest.ts';

type Params = ParamsOf<typeof manifest>;

const MODE_FLAGS = { skip: '--skip-text', redo: '--redo-ocr', force: '--force-ocr' } as const;
const INPUT = 'input';

/** OCRmyPDF's exit codes (its manual, "Return code policy"). */
const EXIT = { inputFile: 2, encryptedPdf: 8 } as const;

/**
 * Recognises the text of the PDF or image at `path` into a PDF in the scratch directory. Resolves with the number of pages that
 * were left alone. Throws a ToolError when it could not.
 */
export async function recognise(
	context: ToolContext,
	options: {
		path: string;
		/** Of an image; a PDF says its own. */
		dpi: number | undefined;
		outputName: string;
		params: Params;
		onPage(done: number): void;
	},
): Promise<{ skippedPages: number }> {
	const progress = progressParser();
	const args = [
		...flags(options.params),
		...(options.dpi === undefined ? [] : ['--image-dpi', String(options.dpi)]),
		...['--', inputPath(INPUT), scratchPath(options.outputName)],
	];
	const result = await context.exec('ocrmypdf', args, {
		readOnly: { [INPUT]: options.path },
		// Tesseract's own threads fight for cores with the pages that are recognised side by side.
		env: { OMP_THREAD_LIMIT: '1' },
		onLine: (line) => {
			if (progress.takeLine(line)) options.onPage(progress.donePages());
		},
	});
	if (result.exitCode !== 0) throw failure(result);
	return { skippedPages: progress.skippedPages() };
}

function flags(params: Params): string[] {
	return [
		// Pages are told in the log at this level only.
		...['--verbose', '1'],
		...['--output-type', 'pdf', '--optimize', '1', '--jobs', String(availableParallelism())],
		...['--language', params.languages.join('+')],
		MODE_FLAGS[params.mode],
		...(params.rotate_pages ? ['--rotate-pages'] : []),
		...(params.deskew ? ['--deskew'] : []),
	];
}

function failure(result: CommandResult): ToolError {
	throwOnLimit(result);
	const options = { cause: result };
	if (result.exitCode === EXIT.encryptedPdf) {
		return new ToolError(
			'encrypted_input',
			'The PDF is protected by a password. Remove it and try again.',
			options,
		);
	}
	if (/digital signature/i.test(result.stderrTail)) {
		const message =
			'The PDF is digitally signed, and OCR would break the signature. Recognise it before it is signed.';
		return new ToolError('unsupported_input', message, options);
	}
	if (result.exitCode === EXIT.inputFile) {
		return new ToolError(
			'corrupt_input',
			'The file could not be read. Upload it again, or save it anew first.',
			options,
		);
	}
	return toolFailed(result);
}

/** Follows OCRmyPDF's log, in which each line about a page begins with its number. */
export function progressParser() {
	const done = new Set<string>();
	const skipped = new Set<string>();
	return {
		/** True when the line says that a page is done. */
		takeLine(line: string): boolean {
			const [, page, message] = /^\s*(\d+) (skipping all processing|Page rotation:)/.exec(line) ?? [];
			if (page === undefined) return false;
			if (message !== 'Page rotation:') {
				skipped.add(page);
				return false;
			}
			done.add(page);
			return true;
		},
		donePages: () => done.size,
		skippedPages: () => skipped.size,
	};
}
