import { randomBytes, randomUUID } from 'node:crypto';
import { makePdf } from '../../driver/pdf.ts';

export interface Sample {
	tool: string;
	mimeType?: string;
	make(): Uint8Array;
	params?: object;
	/** The error code with which a job of it fails. */
	failsWith?: string;
}

/** Inputs of jobs: a small one for each tool, one that takes long, and one that fails. */
export const SAMPLES = {
	compress_heavy: { tool: 'compress_heavy', make: () => makePdf({ pictureSide: 60 }) },
	damaged: {
		tool: 'compress_heavy',
		make: () => makePdf({ pictureSide: 60 }).subarray(0, 2_000),
		failsWith: 'corrupt_input',
	},
	long: { tool: 'ocr', make: () => makePdf({ pages: 20, pictureSide: 300 }) },
	office_to_pdf: {
		tool: 'office_to_pdf',
		mimeType: 'text/plain',
		make: () => Buffer.from(`A letter of a few words, ${randomUUID()}.\n`),
	},
	ocr: {
		tool: 'ocr',
		make: () => makePdf({ pictureSide: 40 }),
		params: { deskew: false, rotate_pages: false, optimize: 0 },
	},
} satisfies Record<string, Sample>;

/** A file that no tool accepts. */
export const randomFile = (bytes: number) => ({ mimeType: 'application/x-chaos', bytes: randomBytes(bytes) });
