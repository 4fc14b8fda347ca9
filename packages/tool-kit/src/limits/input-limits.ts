import { formatBytes, formatNumber } from '@creatorr/contracts/format';
import type { ToolManifest } from '../tool/manifest.ts';
import { ToolError } from '../tool/tool-error.ts';

/** Throws `limit_exceeded` for a file that is larger than the tool accepts, on any plan. */
export function requireInputSize({ limits }: Pick<ToolManifest, 'limits'>, sizeBytes: number): void {
	if (sizeBytes <= limits.maxInputBytes) return;
	throw new ToolError(
		'limit_exceeded',
		`The file is larger than ${formatBytes(limits.maxInputBytes)}, the limit of this tool. Split it into smaller files.`,
	);
}

/** How many pages a file may have on the plan of its owner. */
export interface PageLimit {
	pages: number;
	/** The limit of Pro, if it is higher. */
	onPro?: number | undefined;
}

/** Throws `limit_exceeded` if a file has more pages than the limit. */
export function checkPageLimit(count: number, limit: PageLimit | undefined): void {
	if (limit === undefined || count <= limit.pages) return;
	const upgrade =
		limit.onPro === undefined ? '' : `, or upgrade to Pro (up to ${formatNumber(limit.onPro)} pages)`;
	throw new ToolError(
		'limit_exceeded',
		`The file has ${formatNumber(count)} pages. The limit of your plan is ${formatNumber(limit.pages)}. Split the file${upgrade}.`,
	);
}
