import { afterAll, beforeAll } from '@jest/globals';
import { type LargeFile, largePdf } from './large-pdf.ts';
import { MIB } from './uploads.ts';

/** Creates one large PDF for the tests of a file. */
export function useLargeFile(): () => LargeFile {
	let file: LargeFile;
	beforeAll(async () => {
		file = await largePdf(MIB);
	});
	afterAll(() => file.remove());
	return () => file;
}
