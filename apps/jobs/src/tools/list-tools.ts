import { type Capabilities, listTools } from '@creatorr/contracts/jobs';
import type { ResponseOf } from '@creatorr/contracts/operation';
import { type Plans, type PlanTerms, toolTerms } from '@creatorr/contracts/plans';
import { createCachedRead } from '@creatorr/service/cached-read';
import { defineStreamRoute, type Route } from '@creatorr/service/route';
import { describeTool, withCapabilities } from '@creatorr/tool-kit/tool/describe';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import type { Deps } from '../deps.ts';
import { readCapabilities } from '../workers/workers.sql.ts';

/** Delay until a started or stopped worker is visible. */
const MAX_AGE_MS = 1_000;

/** GET /v1/tools */
export function listToolsRoute({ prisma, config, catalog }: Deps): Route {
	return listToolsFrom(() => readCapabilities(prisma, config.WORKER_LEASE_MS), {
		catalog,
		plans: config.PLANS,
	});
}

/**
 * Serves `GET /v1/tools`. Anonymous clients call it, and the same process serves heartbeats and claims, so a request must cost little:
 * tools are described once, and the response is read and serialized at most once a second.
 */
export function listToolsFrom(
	readOffered: () => Promise<ReadonlyMap<string, Capabilities>>,
	{ catalog, plans }: { catalog: ReadonlyMap<string, ToolManifest>; plans: Plans },
): Route {
	const tools = [...catalog.values()].map((tool) => ({
		...describeTool(tool),
		plans: limitsByPlan(plans, tool),
	}));
	const readResponse = createCachedRead(
		async () => {
			const capabilities = await readOffered();
			const data = tools.map((tool) => withCapabilities(tool, capabilities.get(tool.slug)));
			return JSON.stringify({ data } satisfies ResponseOf<typeof listTools>);
		},
		{ maxAgeMs: MAX_AGE_MS },
	);
	return defineStreamRoute(listTools, async (_input, res) => {
		res
			.status(listTools.status)
			.type('json')
			.send(await readResponse());
	});
}

interface ToolLimits {
	max_input_bytes: number;
	max_pages: number;
}

type LimitedTool = Pick<ToolManifest, 'slug' | 'limits'>;

/** Returns the limits of one job of a tool on each plan, so that users know them before they upload a file. */
export function limitsByPlan(plans: Plans, tool: LimitedTool): { free: ToolLimits; pro: ToolLimits } {
	return { free: limitsOnPlan(plans.free, tool), pro: limitsOnPlan(plans.pro, tool) };
}

function limitsOnPlan(terms: PlanTerms, { slug, limits }: LimitedTool): ToolLimits {
	const { maxInputBytes, maxPages } = toolTerms(terms, slug);
	// A plan can't raise the tool's own limit.
	return { max_input_bytes: Math.min(maxInputBytes, limits.maxInputBytes), max_pages: maxPages };
}
