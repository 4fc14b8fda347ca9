import { type Capabilities, listTools } from '@creatorr/contracts/jobs';
import type { Plans } from '@creatorr/contracts/plans';
import { defineRoute } from '@creatorr/service/route';
import { describeTool } from '@creatorr/tool-kit/describe';
import type { ToolManifest } from '@creatorr/tool-kit/manifest';
import { toolOnPlans } from '../domain/tool-on-plans.ts';

interface ListToolsDeps {
	catalogue: ReadonlyMap<string, ToolManifest>;
	plans: Plans;
	/** By tool, of the workers that are there now. */
	readCapabilities(): Promise<ReadonlyMap<string, Capabilities>>;
}

export function listToolsRoute({ catalogue, plans, readCapabilities }: ListToolsDeps) {
	return defineRoute(listTools, async () => {
		const capabilities = await readCapabilities();
		const tools = [...catalogue.values()];
		return {
			data: tools.map((tool) => ({
				...describeTool(tool, capabilities.get(tool.slug)),
				plans: toolOnPlans(plans, tool),
			})),
		};
	});
}
