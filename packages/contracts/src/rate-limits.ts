import { z } from 'zod';

/** Rate limits of a plan, by their names in the RateLimit headers. */
export const rateLimitPolicySchema = z.enum(['requests', 'jobs']);
export type RateLimitPolicy = z.infer<typeof rateLimitPolicySchema>;

/** Window of every policy. Its quota is also the burst: after a pause of this length, all of it is available at once. */
export const RATE_LIMIT_WINDOW_SECONDS = 60;
