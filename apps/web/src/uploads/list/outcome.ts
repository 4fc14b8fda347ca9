import type { Job } from '@creatorr/client';
import { toSentence } from '../../api/failure-message.ts';
import type { Field } from '../../params/fields.ts';
import { withLabels } from '../../params/labels.ts';
import { formatCount } from '../../ui/format.ts';

/** The outcome of a successful job, by its sizes. */
export type Outcome =
	| { kind: 'smaller'; bytesIn: number; bytesOut: number; savedShare: number }
	/** Equal, or smaller by less than 1%. */
	| { kind: 'same'; bytesIn: number; bytesOut: number; headline: string }
	/** Created by a tool that doesn't compress, or larger: the sizes don't show how well the job went. */
	| { kind: 'created'; bytesIn: number; bytesOut: number; headline: string };

/** Smaller savings mean that the file was already optimized. */
const MIN_SHOWN_SAVINGS = 0.01;

/** Whether smaller files are what the tool is for. */
export function isCompression(tool: string): boolean {
	return tool.startsWith('compress');
}

export function outcomeOf({ tool, result }: Job): Outcome | undefined {
	if (!result) return undefined;
	const { bytes_in: bytesIn, bytes_out: bytesOut, warnings } = result;
	if (!isCompression(tool) || bytesOut > bytesIn) {
		return { kind: 'created', bytesIn, bytesOut, headline: headlineOf(result) };
	}
	const savedShare = 1 - bytesOut / bytesIn;
	if (savedShare < MIN_SHOWN_SAVINGS) {
		const isPartial = warnings.some((warning) => warning.startsWith('optimizer_failed:'));
		const headline = isPartial ? 'No smaller version found' : 'Already optimized';
		return { kind: 'same', bytesIn, bytesOut, headline };
	}
	return { kind: 'smaller', bytesIn, bytesOut, savedShare };
}

/** Describes what was done, if the result says so. */
function headlineOf({ pages_recognized: pages, words, warnings }: NonNullable<Job['result']>): string {
	if (typeof pages !== 'number') return 'Done';
	if (pages > 0 && words !== 0) return `Text recognized on ${formatCount(pages, 'page', 'pages')}`;
	return warnings.some((warning) => warning.startsWith('already_has_text:')) ? 'Already searchable' : 'Done';
}

/** Returns the warnings without the codes that they start with, and with the labels of params. */
export function warningsOf({ result }: Job, fields: readonly Field[]): string[] {
	const texts = (result?.warnings ?? []).map((warning) => warning.replace(/^[a-z0-9_]+: /, ''));
	return texts.map((text) => toSentence(withLabels(text, fields)));
}

/** Formats 0.8567 as "86%". Never returns 100%, because something is always left. */
export function percent(share: number): string {
	return `${Math.min(99, Math.round(share * 100))}%`;
}

/** Returns the savings in whole percent; undefined if the file was already optimized. */
export function savedPercent(bytesIn: number, bytesOut: number): number | undefined {
	const share = bytesIn === 0 ? 0 : 1 - bytesOut / bytesIn;
	if (share < MIN_SHOWN_SAVINGS) return undefined;
	// never 100%, because something is always left
	return Math.min(99, Math.round(share * 100));
}
