import { access } from 'node:fs/promises';
import { outputName, type Tool } from '@creatorr/client';
import { UsageError } from '../errors.ts';
import type { Input } from '../input/open-inputs.ts';
import { alreadyThere, type Destination, pathIn } from './destination.ts';

/** Platforms on which `X.pdf` and `x.pdf` are one file, by default. */
const IGNORES_CASE: ReadonlySet<NodeJS.Platform> = new Set(['darwin', 'win32']);

/**
 * Refuses a command before its first upload, where two outputs would have one name or an output would overwrite a file.
 *
 * @param params those of the job; they may choose the suffix of the output
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
		// without a known suffix, inputs of one name are still in each other's way
		const path = pathIn(destination, suffix === undefined ? name : outputName(name, suffix)) ?? '';
		const key = IGNORES_CASE.has(platform) ? path.toLowerCase() : path;
		const other = labels.get(key);
		if (other !== undefined) throw sameName(other, label, path);
		labels.set(key, label);
		if (suffix !== undefined && !destination.force && (await isThere(path))) throw alreadyThere(path);
	}
}

function sameName(one: string, other: string, path: string): UsageError {
	return new UsageError(
		`${one} and ${other} would both be written to ${path}. Run them separately, each with its own --out.`,
	);
}

function isThere(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
