import type { FileRow, Job } from '@creatorr/client';
import { toSentence } from '../../api/failure-message.ts';
import { typeOf } from '../../file-drop/media-types.ts';
import type { Field } from '../../tool-page/params/fields.ts';
import { withLabels } from '../../tool-page/params/labels.ts';
import type { Source } from '../upload.ts';

/** The outcome of a successful job, by its sizes. */
export type Outcome =
	| { kind: 'smaller'; bytesIn: number; bytesOut: number; savedShare: number }
	/** Equal, or smaller by less than 1%. */
	| { kind: 'same'; bytesIn: number; bytesOut: number }
	/** Another type, or a larger file: sizes don't tell how well it went. */
	| { kind: 'made'; bytesIn: number; bytesOut: number };

/** Smaller savings mean that the file was already optimized. */
const WORTH_TELLING = 0.01;

export function outcomeOf(job: Job, source: Source, output: FileRow | 'gone' | null): Outcome | undefined {
	const { result } = job;
	if (!result) return undefined;
	const { bytes_in: bytesIn, bytes_out: bytesOut } = result;
	const isSameType =
		output === null || output === 'gone' || output.mime_type === typeOf({ ...source, type: source.mimeType });
	if (!isSameType || bytesOut > bytesIn) return { kind: 'made', bytesIn, bytesOut };
	const savedShare = 1 - bytesOut / bytesIn;
	if (savedShare < WORTH_TELLING) return { kind: 'same', bytesIn, bytesOut };
	return { kind: 'smaller', bytesIn, bytesOut, savedShare };
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
	if (share < WORTH_TELLING) return undefined;
	// never 100%, because something is always left
	return Math.min(99, Math.round(share * 100));
}
