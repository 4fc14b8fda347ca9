import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { manifest } from './manifest.ts';
import type { Recognition } from './recognizer.ts';

type Output = ParamsOf<typeof manifest>['output'];

const MAX_NAMED_PAGES = 20;

/** Returns the warnings of a successful recognition. */
export function warningsOf(recognition: Recognition, params: ParamsOf<typeof manifest>): string[] {
	const { recognized, failed, words, signatures_removed } = recognition;
	const isUntouched = params.pages === null && recognized === 0 && failed.length === 0;
	return [
		...(isUntouched && params.mode === 'skip' ? [alreadyHasText(params.output)] : []),
		...(recognized > 0 && words === 0
			? ['no_text_found: No readable text was found. Check the languages and the quality of the scan.']
			: []),
		...(failed.length > 0
			? [`pages_failed: These pages couldn’t be read${consequence(params.output)}: ${named(failed)}.`]
			: []),
		...(params.output === 'pdfa' && !recognition.is_pdfa
			? ['pdfa_failed: The file couldn’t be converted to PDF/A, so the result is a regular PDF.']
			: []),
		...(signatures_removed
			? ['signature_invalidated: The PDF was digitally signed. Its signature fields are now empty.']
			: []),
	];
}

/** Returns what happened to pages that couldn't be read. A text output has no pages that could be left unchanged. */
function consequence(output: Output): string {
	return isText(output) ? ', so their text may be missing' : ' and were left unchanged';
}

function alreadyHasText(output: Output): string {
	if (isText(output)) {
		return 'already_has_text: Every page already has text. The result contains this text. To read the pages again, set params.mode to redo or force.';
	}
	const what = output === 'pdf' ? 'the file is unchanged' : 'nothing was recognized';
	return `already_has_text: Every page already has text, so ${what}. Set params.mode to redo or force to replace that text.`;
}

function isText(output: Output): boolean {
	return output === 'text' || output === 'hocr';
}

function named(pages: readonly number[]): string {
	const shown = pages.slice(0, MAX_NAMED_PAGES).join(', ');
	return pages.length > MAX_NAMED_PAGES ? `${shown} and ${pages.length - MAX_NAMED_PAGES} more` : shown;
}
