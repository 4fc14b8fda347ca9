import { access } from 'node:fs/promises';
import { outputName, type Tool } from '@creatorr/client';
import { UsageError } from '../errors.ts';
import type { Input } from '../input/open-inputs.ts';
import { type Destination, fileExistsError, outputPath } from './destination.ts';

/** Platforms on which `X.pdf` and `x.pdf` are one file by default. */
const IGNORES_CASE: ReadonlySet<NodeJS.Platform> = new Set(['darwin', 'win32']);

/**
 * Throws before the first upload if two outputs would have the same name or an output would overwrite a file.
 *
 * @param params those of the job, which may choose the suffix of the output
 */
export async function refuseConflicts(
	destination: Destination,
	inputs: readonly Input[],
	{ output }: Pick<Tool, 'output'>,
	params: Record<string, unknown>,
	platform = process.platform,
): Promise<void> {
	if (destination.kind !== 'directory') return;
	const suffix = output && (output.suffixes?.[String(params[output.param ?? ''])] ?? output.suffix);
	const labels = new Map<string, string>();
	for (const { label, name } of inputs) {
		// Even without a known suffix, inputs with the same name conflict.
		const path = outputPath(destination, suffix === undefined ? name : outputName(name, suffix)) ?? '';
		const key = IGNORES_CASE.has(platform) ? path.toLowerCase() : path;
		const other = labels.get(key);
		if (other !== undefined) throw outputConflict(other, label, path);
		labels.set(key, label);
		if (suffix !== undefined && !destination.force && (await fileExists(path))) throw fileExistsError(path);
	}
}

function outputConflict(one: string, other: string, path: string): UsageError {
	return new UsageError(
		`${one} and ${other} would both be written to ${path}. Run them separately, each with its own --out.`,
	);
}

function fileExists(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
