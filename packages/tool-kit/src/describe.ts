import type { Capabilities, toolSchema } from '@creatorr/contracts/jobs';
import type { z } from 'zod';
import type { ToolManifest } from './manifest.ts';
import { outputSuffix } from './output-suffix.ts';
import { paramsJsonSchema } from './params.ts';

/** A tool as `GET /v1/tools` shows it while no worker has it, but for what plans say. Costs some milliseconds of CPU for all tools. */
export function describeTool(manifest: ToolManifest): Omit<z.infer<typeof toolSchema>, 'plans'> {
	const output = outputSuffix(manifest);
	return {
		slug: manifest.slug,
		title: manifest.title,
		summary: manifest.summary,
		accepts: [...manifest.accepts],
		params: paramsJsonSchema(manifest.params),
		...(output && { output }),
		available: false,
		limits: {
			max_input_bytes: manifest.limits.maxInputBytes,
			max_duration_ms: manifest.limits.deadline.capMs,
		},
	};
}

/** The same tool with what its workers offer; `capabilities` are absent while no worker has the tool. */
export function withCapabilities<T extends Pick<z.infer<typeof toolSchema>, 'available'>>(
	tool: T,
	capabilities: Capabilities | undefined,
): T {
	return capabilities ? { ...tool, available: true, capabilities } : tool;
}
