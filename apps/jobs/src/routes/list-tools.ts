import { type Capabilities, listTools } from '@creatorr/contracts/jobs';
import type { ResponseOf } from '@creatorr/contracts/operation';
import type { Plans } from '@creatorr/contracts/plans';
import { createCachedRead } from '@creatorr/service/cached-read';
import { defineStreamRoute, type Route } from '@creatorr/service/route';
import { describeTool, withCapabilities } from '@creatorr/tool-kit/tool/describe';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import { toolOnPlans } from '../domain/tool-on-plans.ts';

interface ListToolsDeps {
	catalogue: ReadonlyMap<string, ToolManifest>;
	plans: Plans;
	/** By tool, of the workers that are there now. */
	readCapabilities(): Promise<ReadonlyMap<string, Capabilities>>;
}

/** A worker that comes or goes shows this late. */
const MAX_AGE_MS = 1_000;

/**
 * Answers anybody, from the process that also serves heartbeats and claims. So a request costs neither a query nor a schema:
 * tools are described once, and the answer is read and serialized at most once per second.
 */
export function listToolsRoute({ catalogue, plans, readCapabilities }: ListToolsDeps): Route {
	const tools = [...catalogue.values()].map((tool) => ({
		...describeTool(tool),
		plans: toolOnPlans(plans, tool),
	}));
	const readAnswer = createCachedRead(
		async () => {
			const capabilities = await readCapabilities();
			const data = tools.map((tool) => withCapabilities(tool, capabilities.get(tool.slug)));
			return JSON.stringify({ data } satisfies ResponseOf<typeof listTools>);
		},
		{ maxAgeMs: MAX_AGE_MS },
	);
	return defineStreamRoute(listTools, async (_input, res) => {
		res
			.status(listTools.status)
			.type('json')
			.send(await readAnswer());
	});
}
