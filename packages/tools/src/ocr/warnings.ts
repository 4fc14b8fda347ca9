import type { ParamsOf } from '@creatorr/tool-kit/tool/manifest';
import type { manifest } from './manifest.ts';
import type { Recognition } from './recogniser.ts';

const MOST_NAMED_PAGES = 20;

/** What the person should know of a recognition that succeeded. */
export function warningsOf(recognition: Recognition, params: ParamsOf<typeof manifest>): string[] {
	const { recognized, failed, words, signatures_removed } = recognition;
	const isUntouched = params.pages === null && recognized === 0 && failed.length === 0;
	return [
		...(isUntouched && params.mode === 'skip' ? [alreadyHasText(params.output)] : []),
		...(recognized > 0 && words === 0
			? ['no_text_found: nothing that can be read was found on the pages; look at languages and the scan']
			: []),
		...(failed.length > 0
			? [`pages_failed: left as they were, as they could not be read: ${named(failed)}`]
			: []),
		...(params.output === 'pdfa' && !recognition.is_pdfa
			? ['pdfa_failed: the file could not be made a PDF/A, so it is an ordinary PDF']
			: []),
		...(signatures_removed
			? ['signature_invalidated: the PDF was digitally signed; its signature fields are empty now']
			: []),
	];
}

function alreadyHasText(output: string): string {
	const what = {
		pdf: 'the file is the original',
		pdfa: 'none was recognised',
	}[output];
	return `already_has_text: every page has text, so ${what ?? 'that text is given'}; use mode redo or force to replace it`;
}

function named(pages: readonly number[]): string {
	const shown = pages.slice(0, MOST_NAMED_PAGES).join(', ');
	return pages.length > MOST_NAMED_PAGES ? `${shown} and ${pages.length - MOST_NAMED_PAGES} more` : shown;
}
