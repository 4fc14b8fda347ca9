import { formatBytes, formatBytesAbove, formatDuration, formatNumber } from '@creatorr/contracts/format';
import { planLimit } from '@creatorr/contracts/plan-limit';
import { type Plan, type Plans, type PlanTerms, toolTerms } from '@creatorr/contracts/plans';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';

/** A user's usage of the plan's limits. */
export interface PlanUsage {
	plan: Plan;
	queuedJobs: number;
	/** How long tools ran for the user today, in whole seconds. */
	computeSeconds: number;
}

interface NewJob {
	tool: Pick<ToolManifest, 'slug' | 'limits'>;
	inputBytes: number;
}

/** Returns the priority of a new job. Throws `plan_limit` if the user's plan doesn't allow it, or if the tool accepts no such input on any plan. */
export function admitJob(plans: Plans, job: NewJob, usage: PlanUsage): { priority: number } {
	refuseLargeInput(plans, job, usage.plan);
	refuseFullQueue(plans, usage);
	refuseExhaustedCompute(plans, usage);
	return { priority: plans[usage.plan].priority };
}

function refuseLargeInput(plans: Plans, { tool, inputBytes }: NewJob, plan: Plan): void {
	// A plan can't raise the tool's own limit.
	const limitOf = (terms: PlanTerms) =>
		Math.min(toolTerms(terms, tool.slug).maxInputBytes, tool.limits.maxInputBytes);
	if (inputBytes <= limitOf(plans[plan])) return;
	throw planLimit({
		plan,
		plans,
		limitOf,
		format: formatBytes,
		use: `This file is ${formatBytesAbove(limitOf(plans[plan]), inputBytes)}`,
		scope: 'for this tool',
		advice: ['split the file'],
	});
}

function refuseFullQueue(plans: Plans, { plan, queuedJobs }: PlanUsage): void {
	if (queuedJobs < plans[plan].maxQueuedJobs) return;
	throw planLimit({
		plan,
		plans,
		limitOf: (terms) => terms.maxQueuedJobs,
		use: `You have ${formatNumber(queuedJobs)} queued jobs`,
		advice: ['wait for some to start', 'cancel some'],
	});
}

function refuseExhaustedCompute(plans: Plans, { plan, computeSeconds }: PlanUsage): void {
	if (computeSeconds < computeLimit(plans[plan])) return;
	throw planLimit({
		plan,
		plans,
		limitOf: computeLimit,
		format: formatComputeTime,
		use: `You used ${formatDuration(computeSeconds)} of processing time today`,
		advice: ['wait until 00:00 UTC'],
	});
}

/** Returns how many seconds tools may run for a user on one day. */
function computeLimit({ computeSecondsPerDay }: PlanTerms): number {
	return computeSecondsPerDay === 0 ? Number.POSITIVE_INFINITY : computeSecondsPerDay;
}

function formatComputeTime(seconds: number): string {
	return Number.isFinite(seconds) ? `${formatDuration(seconds)} a day` : 'unlimited time';
}
