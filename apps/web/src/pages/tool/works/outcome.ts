import type { FileRow, Job } from '@creatorr/client';
import { sentence } from '../../../api/problem.ts';
import { typeOf } from '../../../files/media-types.ts';
import type { Source } from '../../../works/work.ts';

/** What came of a job that succeeded, as far as sizes tell. */
export type Outcome =
	| { kind: 'smaller'; bytesIn: number; bytesOut: number; savedShare: number }
	/** Or so little smaller that it means nothing. */
	| { kind: 'same'; bytesIn: number; bytesOut: number }
	/** Another kind of file, or a larger one: that nothing was saved says nothing about it. */
	| { kind: 'made'; bytesIn: number; bytesOut: number };

/** Less than this share is no success to show: the file was optimized before. */
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

/** Warnings begin with a code, for programs. */
export function warningsOf({ result }: Job): string[] {
	return (result?.warnings ?? []).map((warning) => sentence(warning.replace(/^[a-z0-9_]+: /, '')));
}

/** 0.8567 is "86%"; never 100% as long as something is left. */
export function percent(share: number): string {
	return `${Math.min(99, Math.round(share * 100))}%`;
}
