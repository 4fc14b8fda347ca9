import type { ToolManifest } from './manifest.ts';
import { acceptedParams } from './params.ts';

/** What follows the stem of an input's name in the name of its output: always the same, or by the value of one param. */
export interface OutputSuffix {
	/** By default. */
	suffix: string;
	param?: string;
	/** By the param's value. */
	suffixes?: Record<string, string>;
}

/**
 * Finds out how a tool names its outputs, so that a client can tell before a job whether one is in the way. Undefined for
 * a tool whose outputs are not named by a stem and a suffix.
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

/** Tries two names: a suffix takes the place of either's extension. */
function suffixFor(manifest: ToolManifest, given: Record<string, unknown>): string | undefined {
	const parsed = manifest.params.safeParse(given);
	if (!parsed.success) return undefined;
	const [one, other] = ['stem.one', 'stem.other'].map((name) => manifest.outputName(name, parsed.data));
	return one === other && one?.startsWith('stem.') ? one.slice('stem'.length) : undefined;
}
