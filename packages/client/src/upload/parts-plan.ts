import type { StoredPart, UploadParts } from '../types.ts';

/** The parts of an upload as the API last listed them, with those stored since. */
export type PartsPlan = Pick<UploadParts, 'part_size' | 'parts'>;
export type PlannedPart = PartsPlan['parts'][number];

export function missingParts({ parts }: PartsPlan): PlannedPart[] {
	return parts.filter(({ etag }) => etag === undefined);
}

export function storedParts({ parts }: PartsPlan): StoredPart[] {
	return parts.flatMap(({ part_number, etag }) => (etag === undefined ? [] : [{ part_number, etag }]));
}
