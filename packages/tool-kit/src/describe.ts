import type { Capabilities, toolSchema } from '@creatorr/contracts/jobs';
import type { z } from 'zod';
import type { ToolManifest } from './manifest.ts';
import { outputSuffix } from './output-suffix.ts';
import { paramsJsonSchema } from './params.ts';

/** A tool as `GET /v1/tools` shows it, but for what plans say; `capabilities` are absent while no worker has the tool. */
export function describeTool(
	manifest: ToolManifest,
	capabilities?: Capabilities,
): Omit<z.infer<typeof toolSchema>, 'plans'> {
	const output = outputSuffix(manifest);
	return {
		slug: manifest.slug,
		title: manifest.title,
		summary: manifest.summary,
		accepts: [...manifest.accepts],
		params: paramsJsonSchema(manifest.params),
		...(output && { output }),
		available: capabilities !== undefined,
		...(capabilities && { capabilities }),
		limits: {
			max_input_bytes: manifest.limits.maxInputBytes,
			max_duration_ms: manifest.limits.deadline.capMs,
		},
	};
}
