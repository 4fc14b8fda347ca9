import type { Capabilities, toolSchema } from '@creatorr/contracts/jobs';
import type { z } from 'zod';
import { acceptedParams, paramsJsonSchema } from '../params/params.ts';
import type { ToolManifest } from './manifest.ts';

type ToolDescription = z.infer<typeof toolSchema>;

/**
 * Describes a tool for `GET /v1/tools`, without plan limits and as unavailable; {@link withCapabilities} adds what workers offer. Takes a few
 * ms of CPU for all tools.
 */
export function describeTool(manifest: ToolManifest): Omit<ToolDescription, 'plans'> {
	const output = outputSuffix(manifest);
	return {
		slug: manifest.slug,
		title: manifest.title,
		summary: manifest.summary,
		accepts: [...manifest.accepts],
		params: paramsJsonSchema(manifest.params),
		...(manifest.presets && {
			presets: manifest.presets.map((preset) => ({ ...preset, params: { ...preset.params } })),
		}),
		...(output && { output }),
		available: false,
		limits: {
			max_input_bytes: manifest.limits.maxInputBytes,
			max_duration_ms: manifest.limits.deadline.capMs,
		},
	};
}

/** Adds what the workers offer; `capabilities` are undefined while no worker has the tool. */
export function withCapabilities<T extends Pick<ToolDescription, 'available'>>(
	tool: T,
	capabilities: Capabilities | undefined,
): T {
	return capabilities ? { ...tool, available: true, capabilities } : tool;
}

/** What follows the stem of an input's name in the name of its output. */
export interface OutputSuffix {
	/** The suffix for default params. */
	suffix: string;
	/** The param whose value decides the suffix, if any. */
	param?: string;
	/** The suffix for each value of that param. */
	suffixes?: Record<string, string>;
}

/**
 * Returns how a tool names its outputs, so that a client knows before a job whether a file of that name exists. Returns
 * undefined for a tool whose outputs are not named by a stem and a suffix.
 */
export function outputSuffix(manifest: ToolManifest): OutputSuffix | undefined {
	const suffix = suffixFor(manifest, {});
	if (suffix === undefined) return undefined;
	for (const [param, schema] of Object.entries(acceptedParams(manifest.params))) {
		const values = (schema.enum ?? []).map((value) => [
			String(value),
			suffixFor(manifest, { [param]: value }),
		]);
		if (values.some(([, other]) => other !== undefined && other !== suffix)) {
			return {
				suffix,
				param,
				suffixes: Object.fromEntries(values.filter(([, other]) => other !== undefined)),
			};
		}
	}
	return { suffix };
}

/** Tries two names: a suffix replaces the extension of both. */
function suffixFor(manifest: ToolManifest, given: Record<string, unknown>): string | undefined {
	const parsed = manifest.params.safeParse(given);
	if (!parsed.success) return undefined;
	const [one, other] = ['stem.one', 'stem.other'].map((name) => manifest.outputName(name, parsed.data));
	return one === other && one?.startsWith('stem.') ? one.slice('stem'.length) : undefined;
}
