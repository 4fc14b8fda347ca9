import { z } from 'zod';

export const planSchema = z.enum(['free', 'pro']);
export type Plan = z.infer<typeof planSchema>;

export const storageTierSchema = z.enum(['ephemeral', 'standard']).meta({
	'x-enumDescriptions': {
		ephemeral: 'Kept for as long as the Free plan keeps files.',
		standard: 'Kept for as long as the Pro plan keeps files.',
	},
});
export type StorageTier = z.infer<typeof storageTierSchema>;

const count = z.int().min(1);
/** At most 1,000 a millisecond. */
const perMinute = z.int().min(0).max(60_000_000);

const toolTermsSchema = z.strictObject({
	/** Maximum size of an input. */
	maxInputBytes: count,
	/** Maximum number of pages of an input, if the tool counts pages. */
	maxPages: count,
});
export type ToolTerms = z.infer<typeof toolTermsSchema>;

const planTermsSchema = z.strictObject({
	storageTier: storageTierSchema,
	/** How long a file is stored. */
	retentionHours: count,
	/** Declared sizes of stored files and of pending uploads. */
	maxStoredBytes: count,
	/** Stored files and pending uploads. Bounds what a count of a user's storage reads. */
	maxFiles: count,
	/** Jobs of a user that are dispatched or running at a time. Others wait in the queue. */
	maxActiveJobs: count,
	/** Jobs of a user in the queue at a time. */
	maxQueuedJobs: count,
	/** Run time of a user's tools per day (UTC), in seconds. 0: no limit. */
	computeSecondsPerDay: z.int().min(0),
	/** Requests a minute of each API key, and of all sessions of a user together. 0: no limit. */
	requestsPerMinute: perMinute,
	/** Jobs created a minute with each API key, and in all sessions of a user together. 0: no limit. */
	jobsPerMinute: perMinute,
	/** Waiting jobs of the user with the higher priority are dispatched first. */
	priority: z.int().min(0).max(9),
	/** Limits of one job of any tool, unless {@link PlanTerms.tools} has others. */
	anyTool: toolTermsSchema,
	/** Differences of single tools, by slug. */
	tools: z.record(z.string(), toolTermsSchema.partial()),
});
export type PlanTerms = z.infer<typeof planTermsSchema>;

export type Plans = Readonly<Record<Plan, PlanTerms>>;

const MB = 1_000_000;
const GB = 1_000_000_000;
const GIB = 1024 ** 3;

/**
 * Terms of each plan, without the tools' own limits ({@link withToolLimits}). The numbers can be configured ({@link plansSchema}).
 */
export const PLANS: Plans = {
	free: {
		storageTier: 'ephemeral',
		retentionHours: 24,
		maxStoredBytes: 50 * GB,
		maxFiles: 10_000,
		maxActiveJobs: 3,
		maxQueuedJobs: 1000,
		computeSecondsPerDay: 1_800,
		requestsPerMinute: 600,
		jobsPerMinute: 60,
		priority: 0,
		anyTool: { maxInputBytes: 550 * MB, maxPages: 3000 },
		tools: {},
	},
	pro: {
		storageTier: 'standard',
		retentionHours: 30 * 24,
		maxStoredBytes: 500 * GB,
		maxFiles: 50_000,
		maxActiveJobs: 20,
		maxQueuedJobs: 1000,
		computeSecondsPerDay: 36_000,
		requestsPerMinute: 6_000,
		jobsPerMinute: 600,
		priority: 1,
		anyTool: { maxInputBytes: 10 * GIB, maxPages: 50_000 },
		tools: {},
	},
};

const termsOverridesSchema = planTermsSchema.extend({ anyTool: toolTermsSchema.partial() }).partial();
type TermsOverrides = z.infer<typeof termsOverridesSchema>;

const overridesSchema = z.strictObject({
	free: termsOverridesSchema.optional(),
	pro: termsOverridesSchema.optional(),
});

/**
 * The setting PLANS: JSON with the numbers that differ from {@link PLANS}, such as
 * `{"free":{"maxActiveJobs":5,"tools":{"<slug>":{"maxPages":50}}}}`.
 */
export const plansSchema = z
	.string()
	.default('{}')
	.transform((text, context) => {
		try {
			return overridesSchema.parse(JSON.parse(text));
		} catch (error) {
			const message = error instanceof z.ZodError ? z.prettifyError(error) : 'must be JSON';
			context.addIssue({ code: 'custom', message });
			return z.NEVER;
		}
	})
	.transform(
		({ free = {}, pro = {} }): Plans => ({
			free: override(PLANS.free, free),
			pro: override(PLANS.pro, pro),
		}),
	)
	.meta({
		description: 'Limits of the plans that differ from the defaults, as JSON ([plans](billing.md#plans)).',
	});

/** Applies overrides. Missing numbers keep their value. */
function override(terms: PlanTerms, { anyTool, ...others }: TermsOverrides): PlanTerms {
	return { ...terms, ...others, anyTool: { ...terms.anyTool, ...anyTool } } as PlanTerms;
}

/** Adds the plan limits of manifests. Configured numbers of a tool take precedence. */
export function withToolLimits(
	plans: Plans,
	tools: Iterable<{ slug: string; planLimits?: Readonly<Record<Plan, ToolTerms>> | undefined }>,
): Plans {
	const limited = [...tools].filter(({ planLimits }) => planLimits !== undefined);
	const add = (plan: Plan): PlanTerms => {
		const own = limited.map(({ slug, planLimits }) => [
			slug,
			{ ...planLimits?.[plan], ...plans[plan].tools[slug] },
		]);
		return { ...plans[plan], tools: { ...plans[plan].tools, ...Object.fromEntries(own) } };
	};
	return { free: add('free'), pro: add('pro') };
}

/** Returns the limits of one job of a tool. */
export function toolTerms({ anyTool, tools }: PlanTerms, tool: string): ToolTerms {
	return Object.hasOwn(tools, tool) ? ({ ...anyTool, ...tools[tool] } as ToolTerms) : anyTool;
}
