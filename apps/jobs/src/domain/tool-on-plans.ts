import { type Plans, type PlanTerms, toolTerms } from '@creatorr/contracts/plans';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';

interface ToolOnPlan {
	max_input_bytes: number;
	max_pages: number;
}

type Limited = Pick<ToolManifest, 'slug' | 'limits'>;

/** What one job of a tool may take on each plan, so that nobody uploads a file to hear that it is too large. */
export function toolOnPlans(plans: Plans, tool: Limited): { free: ToolOnPlan; pro: ToolOnPlan } {
	return { free: onPlan(plans.free, tool), pro: onPlan(plans.pro, tool) };
}

function onPlan(terms: PlanTerms, { slug, limits }: Limited): ToolOnPlan {
	const { maxInputBytes, maxPages } = toolTerms(terms, slug);
	// No plan makes a tool take more than it can.
	return { max_input_bytes: Math.min(maxInputBytes, limits.maxInputBytes), max_pages: maxPages };
}
