import type { JobErrorCode } from '@creatorr/contracts/jobs';
import type { World } from './world.ts';

/** What a job on a hostile file must come to. */
export type Expected = { code: JobErrorCode } | { succeeds: true; text?: RegExp };

/** A file that means harm, as somebody might upload it, and what must come of it. */
export interface HostileCase {
	/** Unique within its family. */
	name: string;
	tool: 'compress_heavy' | 'office_to_pdf' | 'ocr';
	fileName: string;
	/** As declared by whoever uploads it. */
	mimeType: string;
	make: () => Buffer | Promise<Buffer>;
	params?: Record<string, unknown>;
	expected: Expected;
	/** For one that would never end. */
	deadlineMs?: number;
}

export interface Family {
	name: string;
	cases(world: World): HostileCase[];
}

/** It succeeds; where there is text to show, it is shown. */
export const succeeds = (text?: RegExp): Expected => ({ succeeds: true, ...(text && { text }) });
export const fails = (code: JobErrorCode): Expected => ({ code });
