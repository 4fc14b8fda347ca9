import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { safeName } from '@creatorr/client';
import { UsageError } from '../errors.ts';

/** Where outputs are written. */
export type Destination = { force: boolean } & (
	| { kind: 'stdout' }
	| { kind: 'file'; path: string }
	/** In this directory, under the name of each output. */
	| { kind: 'directory'; path: string }
);

/** Chooses and checks the destination before the first upload, as far as possible. */
export async function planDestination(
	out: string | undefined,
	{ count, force }: { count: number; force: boolean },
): Promise<Destination> {
	if (out === undefined) return { kind: 'directory', path: '.', force };
	if (out === '-') {
		if (count > 1)
			throw new UsageError(
				'Only one output can go to stdout. For several inputs, pass a directory to --out.',
			);
		return { kind: 'stdout', force };
	}
	const found = await stat(out).catch(() => undefined);
	if (found?.isDirectory() || out.endsWith('/')) return { kind: 'directory', path: out, force };
	if (count > 1) throw new UsageError(`"${out}" is not a directory. For several inputs, use --out ${out}/`);
	if (found && !force) throw fileExistsError(out);
	const parent = await stat(dirname(out)).catch(() => undefined);
	if (!parent?.isDirectory()) throw new UsageError(`"${dirname(out)}" is not a directory`);
	return { kind: 'file', path: out, force };
}

/** Returns the path of an output from its name in the API, or undefined for stdout. */
export function outputPath(destination: Destination, outputName: string): string | undefined {
	if (destination.kind === 'stdout') return undefined;
	if (destination.kind === 'file') return destination.path;
	return join(destination.path, safeName(outputName));
}

export function fileExistsError(path: string): UsageError {
	return new UsageError(`"${path}" already exists. Use --force to overwrite it.`);
}
