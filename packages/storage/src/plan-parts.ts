const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** S3 refuses smaller parts, except the last one. */
export const MIN_PART_SIZE_BYTES = 5 * MIB;
/** R2's limit for one PUT, the lowest of the supported stores. */
export const MAX_PART_SIZE_BYTES = 5 * GIB - 5 * MIB;
export const MAX_PARTS = 10_000;

/** Few enough for one response with all URLs, and enough that a retried part is 1% of the file. */
const TARGET_PARTS = 100;

export type PlannedPart = { readonly partNumber: number; readonly sizeBytes: number };

/**
 * Returns a part size in bytes that every S3 store accepts for an upload. All parts but the last have it, as R2 demands. Throws RangeError
 * for a size that is not a positive integer or doesn't fit into 10,000 parts.
 */
export function choosePartSize(sizeBytes: number): number {
	if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
		throw new RangeError(`An upload needs at least one byte, not ${sizeBytes}`);
	}
	const target = Math.ceil(sizeBytes / TARGET_PARTS / MIB) * MIB;
	const partSizeBytes = Math.min(Math.max(target, MIN_PART_SIZE_BYTES), MAX_PART_SIZE_BYTES);
	if (Math.ceil(sizeBytes / partSizeBytes) > MAX_PARTS) {
		throw new RangeError(`${sizeBytes} bytes do not fit into ${MAX_PARTS} parts`);
	}
	return partSizeBytes;
}

/** Splits an upload into parts of this size; the last one has the rest. */
export function planParts(sizeBytes: number, partSizeBytes: number): PlannedPart[] {
	return Array.from({ length: Math.ceil(sizeBytes / partSizeBytes) }, (_, index) => ({
		partNumber: index + 1,
		sizeBytes: Math.min(partSizeBytes, sizeBytes - index * partSizeBytes),
	}));
}
