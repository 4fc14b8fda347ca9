import { z } from 'zod';
import { ToolError } from '../tool/tool-error.ts';

/** Page numbers and ranges, counted from 1: `1-3,5`. Spaces between them are removed. */
export const pageRangesSchema = z
	.string()
	.max(1000)
	.regex(/^ *[1-9]\d{0,5}( *- *[1-9]\d{0,5})?( *, *[1-9]\d{0,5}( *- *[1-9]\d{0,5})?)* *$/, {
		error: 'must be page numbers and ranges such as "1-3,5"',
	})
	.refine((text) => ranges(text).every(([first, last]) => first <= last), {
		error: 'must not contain a range that ends before it starts',
	})
	.overwrite((text) => text.replaceAll(' ', ''))
	.meta({ 'x-patternTitle': 'page numbers such as 1-3,5' });

/** Throws `unsupported_input` when the ranges of a param name a page beyond the last of the file. */
export function requirePageNumbers(param: string, text: string | null, pages: number): void {
	if (text === null) return;
	const last = Math.max(...ranges(text).flat());
	if (last <= pages) return;
	throw new ToolError(
		'unsupported_input',
		`The file has no page ${last}. Set params.${param} to pages from 1 to ${pages}.`,
	);
}

/** Counts the pages of the ranges; a page that is named twice counts twice. */
export function countPageNumbers(text: string): number {
	return ranges(text).reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

function ranges(text: string): [first: number, last: number][] {
	return text.split(',').map((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return [first ?? 0, last ?? 0];
	});
}
