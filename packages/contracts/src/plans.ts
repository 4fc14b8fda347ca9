import { z } from 'zod';

export const planSchema = z.enum(['free', 'pro']);
export type Plan = z.infer<typeof planSchema>;

export const storageTierSchema = z.enum(['ephemeral', 'standard']);
export type StorageTier = z.infer<typeof storageTierSchema>;

interface PlanTerms {
	storageTier: StorageTier;
	/** How long a file is kept. */
	retentionHours: number;
	/** Jobs waiting in the queue at one time. */
	maxQueuedJobs: number;
}

/** What each plan gives. */
export const PLANS: Record<Plan, PlanTerms> = {
	free: { storageTier: 'ephemeral', retentionHours: 24, maxQueuedJobs: 1000 },
	pro: { storageTier: 'standard', retentionHours: 30 * 24, maxQueuedJobs: 1000 },
};
