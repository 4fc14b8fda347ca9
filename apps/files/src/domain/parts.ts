/** A part of an upload as it was planned. */
export interface PlannedPart {
	partNumber: number;
	sizeBytes: number;
}

/** The parts of an upload: all of one size but the last, which is what remains. */
export function cutIntoParts(sizeBytes: number, partSizeBytes: number): PlannedPart[] {
	return Array.from({ length: Math.ceil(sizeBytes / partSizeBytes) }, (_, index) => ({
		partNumber: index + 1,
		sizeBytes: Math.min(partSizeBytes, sizeBytes - index * partSizeBytes),
	}));
}
