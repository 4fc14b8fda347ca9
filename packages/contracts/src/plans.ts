import { z } from 'zod';

export const planSchema = z.enum(['free', 'pro']);
export type Plan = z.infer<typeof planSchema>;

export const storageTierSchema = z.enum(['ephemeral', 'standard']);
export type StorageTier = z.infer<typeof storageTierSchema>;

const count = z.int().min(1);

const toolTermsSchema = z.strictObject({
	/** The largest input. */
	maxInputBytes: count,
	/** The most pages of an input, where the tool counts pages. */
	maxPages: count,
});
export type ToolTerms = z.infer<typeof toolTermsSchema>;

const planTermsSchema = z.strictObject({
	storageTier: storageTierSchema,
	/** How long a file is kept. */
	retentionHours: count,
	/** Declared sizes of the files that are kept and of uploads that may still come. */
	maxStoredBytes: count,
	/** Jobs that run, or are about to, at one time; more wait in the queue. */
	maxActiveJobs: count,
	/** Jobs that wait in the queue at one time. */
	maxQueuedJobs: count,
	/** How long tools may run for a user on one day (UTC), in seconds; 0 for as long as they like. */
	computeSecondsPerDay: z.int().min(0),
	/** Of two users' waiting jobs the one with the higher priority goes first. */
	priority: z.int().min(0).max(9),
	/** What one job may take of a tool, unless {@link PlanTerms.tools} says otherwise. */
	anyTool: toolTermsSchema,
	/** By slug, what differs for a tool. */
	tools: z.record(z.string(), toolTermsSchema.partial()),
});
export type PlanTerms = z.infer<typeof planTermsSchema>;

export type Plans = Readonly<Record<Plan, PlanTerms>>;

const GB = 1_000_000_000;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * What each plan gives, but for the limits that tools have of their own in their manifests, see {@link withToolLimits}. The
 * numbers can be configured, see {@link plansSchema}.
 */
export const PLANS: Plans = {
	free: {
		storageTier: 'ephemeral',
		retentionHours: 24,
		maxStoredBytes: 50 * GB,
		maxActiveJobs: 3,
		maxQueuedJobs: 1000,
		computeSecondsPerDay: 1_800,
		priority: 0,
		anyTool: { maxInputBytes: 512 * MIB, maxPages: 3000 },
		tools: {},
	},
	pro: {
		storageTier: 'standard',
		retentionHours: 30 * 24,
		maxStoredBytes: 500 * GB,
		maxActiveJobs: 20,
		maxQueuedJobs: 1000,
		computeSecondsPerDay: 36_000,
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
 * Of the variable PLANS: JSON with the single numbers that differ from {@link PLANS}, such as
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

/** What the overrides leave out stays as it is. */
function override(terms: PlanTerms, { anyTool, ...others }: TermsOverrides): PlanTerms {
	return { ...terms, ...others, anyTool: { ...terms.anyTool, ...anyTool } } as PlanTerms;
}

/** Adds the limits by plan that manifests have; single numbers that were configured for a tool go before them. */
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

/** What one job of a tool may take. */
export function toolTerms({ anyTool, tools }: PlanTerms, tool: string): ToolTerms {
	return Object.hasOwn(tools, tool) ? ({ ...anyTool, ...tools[tool] } as ToolTerms) : anyTool;
}
