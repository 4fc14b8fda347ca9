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
	/** What one job of a tool may take, for every tool that has no entry of its own. */
	anyTool: toolTermsSchema,
	tools: z.record(z.string(), toolTermsSchema),
});
export type PlanTerms = z.infer<typeof planTermsSchema>;

export type Plans = Readonly<Record<Plan, PlanTerms>>;

const GB = 1_000_000_000;
const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What each plan gives. The numbers can be configured, see {@link plansSchema}. */
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
		tools: { ocr: { maxInputBytes: 256 * MIB, maxPages: 200 } },
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
		tools: { ocr: { maxInputBytes: 10 * GIB, maxPages: 5000 } },
	},
};

const toolOverridesSchema = toolTermsSchema.partial();
const termsOverridesSchema = planTermsSchema
	.extend({ anyTool: toolOverridesSchema, tools: z.record(z.string(), toolOverridesSchema) })
	.partial();
type TermsOverrides = z.infer<typeof termsOverridesSchema>;

const overridesSchema = z.strictObject({
	free: termsOverridesSchema.optional(),
	pro: termsOverridesSchema.optional(),
});

/**
 * Of the variable PLANS: JSON with the single numbers that differ from {@link PLANS}, such as
 * `{"free":{"maxActiveJobs":5,"tools":{"ocr":{"maxPages":50}}}}`.
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
	.meta({ description: 'single terms of the plans that differ from the defaults, in JSON' });

/** What the overrides leave out stays as it is, also within the terms of a tool. */
function override(terms: PlanTerms, { anyTool, tools = {}, ...others }: TermsOverrides): PlanTerms {
	const everyTool = { ...terms.anyTool, ...anyTool } as ToolTerms;
	const named = Object.entries(tools).map(([tool, own]) => [
		tool,
		{ ...(Object.hasOwn(terms.tools, tool) ? terms.tools[tool] : everyTool), ...own },
	]);
	const all = { ...terms.tools, ...Object.fromEntries(named) };
	return { ...terms, ...others, anyTool: everyTool, tools: all } as PlanTerms;
}

/** What one job of a tool may take. */
export function toolTerms(terms: PlanTerms, tool: string): ToolTerms {
	return Object.hasOwn(terms.tools, tool) ? (terms.tools[tool] ?? terms.anyTool) : terms.anyTool;
}
