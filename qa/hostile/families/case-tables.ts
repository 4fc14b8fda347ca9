import { PDF } from '@creatorr/tool-kit/files/media-types';
import { type OnePage, onePage } from '@creatorr/tools/testing/builders/pdf';
import type { Expected, HostileCase } from '../hostile-case.ts';

/** The job succeeds and shows the word that all builders of documents write. */
export const SHOWS_MARK = /Harmless/;

/** Longer than a run on any file that has an end. */
const ENDLESS_MS = 20_000;

/** Marks cases whose file some program never finishes. */
export const withDeadline = (cases: readonly HostileCase[], deadlineMs = ENDLESS_MS): HostileCase[] =>
	cases.map((one) => ({ ...one, deadlineMs }));

/** Files by the name of their case. */
export type Files<File = HostileCase['make']> = Readonly<Record<string, File>>;

/** Returns a case for each file, all of one tool. */
export function casesFor(
	tool: string,
	declared: Pick<HostileCase, 'fileName' | 'mimeType' | 'params'>,
	expected: Expected,
	files: Files,
): HostileCase[] {
	return Object.entries(files).map(([name, make]) => ({ name, tool, ...declared, make, expected }));
}

export const forOffice = (mimeType: string, expected: Expected, files: Files) =>
	casesFor('office_to_pdf', { fileName: 'a', mimeType }, expected, files);

export const forOcr = (mimeType: string, expected: Expected, files: Files) =>
	casesFor('ocr', { fileName: 'a', mimeType }, expected, files);

const PDF_TOOLS = ['compress_heavy', 'ocr'];

/** Returns a case for each PDF, which is bytes or one page, and each tool. */
export function forPdfTools(
	expected: Expected,
	files: Files<OnePage | (() => Buffer)>,
	tools = PDF_TOOLS,
): HostileCase[] {
	return Object.entries(files).flatMap(([name, file]) => {
		const make = typeof file === 'function' ? file : () => onePage(file);
		return tools.flatMap((tool) =>
			casesFor(tool, { fileName: 'a.pdf', mimeType: PDF }, expected, { [`${name}, for ${tool}`]: make }),
		);
	});
}

/** Returns the bytes with a pattern of their text replaced. */
export function replaceIn(bytes: Buffer, pattern: string | RegExp, replacement: string): Buffer {
	return Buffer.from(bytes.toString('latin1').replace(pattern, replacement), 'latin1');
}

export function mapValues<From, To>(
	record: Readonly<Record<string, From>>,
	toValue: (value: From) => To,
): Record<string, To> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, toValue(value)]));
}
