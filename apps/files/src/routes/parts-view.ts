import type { completedPartsSchema } from '@creatorr/contracts/files';
import type { z } from 'zod';
import type { Part } from '../domain/ports.ts';

/** The parts that a client says it has stored. */
export function toParts(parts: z.output<typeof completedPartsSchema>): Part[] {
	return parts.map(({ part_number: partNumber, etag }) => ({ partNumber, etag }));
}
