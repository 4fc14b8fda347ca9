import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { manifest } from './manifest.ts';
import type { Recognition } from './recognizer.ts';

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
			? [`pages_failed: These pages couldn’t be read and were left unchanged: ${named(failed)}.`]
			: []),
		...(params.output === 'pdfa' && !recognition.is_pdfa
			? ['pdfa_failed: The file couldn’t be converted to PDF/A, so the result is a regular PDF.']
			: []),
		...(signatures_removed
			? ['signature_invalidated: The PDF was digitally signed. Its signature fields are now empty.']
			: []),
	];
}

function alreadyHasText(output: string): string {
	const what = {
		pdf: 'the file is unchanged',
		pdfa: 'nothing was recognized',
	}[output];
	return `already_has_text: Every page already has text, so ${what ?? 'that text was used'}. Set params.mode to redo or force to replace that text.`;
}

function named(pages: readonly number[]): string {
	const shown = pages.slice(0, MAX_NAMED_PAGES).join(', ');
	return pages.length > MAX_NAMED_PAGES ? `${shown} and ${pages.length - MAX_NAMED_PAGES} more` : shown;
}
