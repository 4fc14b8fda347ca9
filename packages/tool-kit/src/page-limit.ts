import { ToolError } from './tool-error.ts';

/** How many pages a file may have on the plan of its owner. */
export interface PageLimit {
	pages: number;
	/** How many Pro takes, where that is more. */
	onPro?: number | undefined;
}

/** Throws `limit_exceeded` where a file has more pages than the limit lets it have. */
export function requirePages(count: number, limit: PageLimit | undefined): void {
	if (limit === undefined || count <= limit.pages) return;
	const upgrade = limit.onPro === undefined ? '' : `, or upgrade to Pro, which takes ${inWords(limit.onPro)}`;
	throw new ToolError(
		'limit_exceeded',
		`The file has ${inWords(count)} pages; this plan takes up to ${inWords(limit.pages)}. Split the file${upgrade}.`,
	);
}

function inWords(count: number): string {
	return count.toLocaleString('en');
}
