import { listTools } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';
import { describeTool } from '@creatorr/tool-kit/describe';
import type { ToolManifest } from '@creatorr/tool-kit/manifest';

export function listToolsRoute({ catalogue }: { catalogue: ReadonlyMap<string, ToolManifest> }) {
	const data = [...catalogue.values()].map(describeTool);
	return defineRoute(listTools, async () => ({ data }));
}
