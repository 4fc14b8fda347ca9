const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** S3 refuses smaller parts, the last one excepted. */
export const MIN_PART_SIZE_BYTES = 5 * MIB;
/** R2's limit for one PUT, the lowest of the stores we know. */
export const MAX_PART_SIZE_BYTES = 5 * GIB - 5 * MIB;
export const MAX_PARTS = 10_000;

/** Few enough that every part's URL fits in one answer, many enough that a lost part costs one percent. */
const WANTED_PARTS = 100;

export type PlannedPart = { readonly partNumber: number; readonly sizeBytes: number };

export type PartPlan = {
	/** The size of every part but the last, which is what remains. */
	readonly partSizeBytes: number;
	readonly parts: readonly PlannedPart[];
};

/**
 * Cuts an upload into parts that every S3 store accepts: all of one size but the last, as R2 demands.
 * Throws RangeError for a size that is no positive integer or that no 10,000 parts can hold.
 */
export function planParts(sizeBytes: number): PartPlan {
	if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
		throw new RangeError(`An upload has at least one byte, not ${sizeBytes}`);
	}
	const wanted = Math.ceil(sizeBytes / WANTED_PARTS / MIB) * MIB;
	const partSizeBytes = Math.min(Math.max(wanted, MIN_PART_SIZE_BYTES), MAX_PART_SIZE_BYTES);
	const count = Math.ceil(sizeBytes / partSizeBytes);
	if (count > MAX_PARTS) {
		throw new RangeError(`${sizeBytes} bytes do not fit into ${MAX_PARTS} parts`);
	}
	const parts = Array.from({ length: count }, (_, index) => ({
		partNumber: index + 1,
		sizeBytes: Math.min(partSizeBytes, sizeBytes - index * partSizeBytes),
	}));
	return { partSizeBytes, parts };
}
