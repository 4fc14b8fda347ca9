import type { createdJobSchema } from '@creatorr/contracts/jobs';
import type { z } from 'zod';

/** A job as the request that created it is answered. */
export type CreatedJob = z.infer<typeof createdJobSchema>;

/** The answer that the first request with an idempotency key got. */
export interface StoredAnswer {
	fingerprint: string;
	job: CreatedJob;
}
