import {
	CSV,
	DOC,
	DOCX,
	HTML,
	ODP,
	ODS,
	ODT,
	PPT,
	PPTX,
	RTF,
	TEXT,
	XLS,
	XLSX,
} from '@creatorr/tool-kit/files/media-types';

/** Extensions of files for LibreOffice. The user's file name stays outside of the sandbox. */
export const EXTENSIONS: Readonly<Record<string, string>> = {
	[DOCX]: 'docx',
	[DOC]: 'doc',
	[ODT]: 'odt',
	[RTF]: 'rtf',
	[TEXT]: 'txt',
	[HTML]: 'html',
	[XLSX]: 'xlsx',
	[XLS]: 'xls',
	[ODS]: 'ods',
	[CSV]: 'csv',
	[PPTX]: 'pptx',
	[PPT]: 'ppt',
	[ODP]: 'odp',
};

const SHEETS: readonly string[] = [XLSX, XLS, ODS, CSV];
const SLIDES: readonly string[] = [PPTX, PPT, ODP];

/** Returns LibreOffice's filter to export such a document to PDF. */
export function exportFilter(mimeType: string): string {
	if (SHEETS.includes(mimeType)) return 'calc_pdf_Export';
	return SLIDES.includes(mimeType) ? 'impress_pdf_Export' : 'writer_pdf_Export';
}

const UTF8_CHARSET = 76;
const FIRST_LINE = 1;

/**
 * Returns the import filter for formats that LibreOffice would otherwise guess from the content, so that text which looks like another
 * format is still opened as text. Undefined if LibreOffice's own detection is right.
 */
export function importFilter(mimeType: string, csvSeparator: string): string | undefined {
	if (mimeType === TEXT) return 'Text (encoded):UTF8';
	if (mimeType === HTML) return 'HTML (StarWriter)';
	if (mimeType !== CSV) return undefined;
	const quote = '"'.charCodeAt(0);
	const options = [csvSeparator.charCodeAt(0), quote, UTF8_CHARSET, FIRST_LINE];
	return `Text - txt - csv (StarCalc):${options.join(',')}`;
}

const SEPARATORS = [',', ';', '\t', '|'] as const;

/** Guesses the separator of a CSV file from its start: the most frequent candidate outside quotes. */
export function guessSeparator(start: string): string {
	const unquoted = start.replaceAll(/"(?:[^"]|"")*"?/g, '');
	const counts = SEPARATORS.map((separator) => unquoted.split(separator).length);
	return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
}
