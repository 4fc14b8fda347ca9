import { formatBytes } from '@creatorr/client';
import type { Upload } from '../upload.ts';

/**
 * Returns "21 MB → 9 MB" for several finished files, with their number if others aren't finished; else undefined. Of a file that was
 * processed more than once the newest run counts. Expects the newest uploads first.
 */
export function batchTotal(uploads: readonly Upload[]): string | undefined {
	const files = new Map(uploads.toReversed().map((upload) => [keyOf(upload), upload]));
	const results = [...files.values()].flatMap(({ stage }) =>
		stage.kind === 'succeeded' && stage.job.result ? [stage.job.result] : [],
	);
	if (results.length < 2) return undefined;
	const bytesIn = results.reduce((total, { bytes_in }) => total + bytes_in, 0);
	const bytesOut = results.reduce((total, { bytes_out }) => total + bytes_out, 0);
	const sizes = `${formatBytes(bytesIn)} → ${formatBytes(bytesOut)}`;
	return results.length === files.size ? sizes : `${results.length} done, ${sizes}`;
}

/** The same for the same file of this device, as far as browsers tell. */
function keyOf({ source: { name, sizeBytes, lastModified } }: Upload): string {
	return JSON.stringify([name, sizeBytes, lastModified]);
}
