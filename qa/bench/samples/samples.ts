import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { BenchError } from '../log.ts';
import { generateFiles } from './generated.ts';

export interface Sample {
	tool: string;
	path: string;
	/** Its path in its folder, for tables. */
	label: string;
	mimeType: string;
	params: Record<string, unknown>;
	/** How the job may end: `succeeded` or error codes. */
	expect: readonly string[];
}

export const SUCCEEDED = 'succeeded';

/** Whether the sample must give an output, which can be measured. */
export function isMeasured({ expect }: Sample): boolean {
	return expect.length === 1 && expect[0] === SUCCEEDED;
}

/** Returns the smallest generated file for the tool. */
export function smallestSample(tool: string): Sample {
	const samples = readFolder(generateFiles(), [tool]);
	return samples.reduce((one, other) => (statSync(other.path).size < statSync(one.path).size ? other : one));
}

/** Reads the files of a folder from its manifest.tsv. */
export function readFolder(folder: string, only: readonly string[] = []): Sample[] {
	if (!existsSync(join(folder, MANIFEST))) throw new BenchError(`There is no ${join(folder, MANIFEST)}.`);
	const chosen = readManifest(folder).filter(({ tool }) => only.length === 0 || only.includes(tool));
	if (chosen.length === 0) throw new BenchError(`${folder} has no matching file.`);
	return chosen;
}

const MANIFEST = 'manifest.tsv';

const rowSchema = z.object({
	tool: z.string().min(1),
	file: z.string().min(1),
	mime: z.string().min(1),
	params: z
		.string()
		.transform((text): unknown => JSON.parse(text || '{}'))
		.pipe(z.record(z.string(), z.unknown())),
	expect: z.string().min(1).default(SUCCEEDED),
});

function readManifest(folder: string): Sample[] {
	const lines = readFileSync(join(folder, MANIFEST), 'utf8').split(/\r?\n/);
	const columns = (lines.shift() ?? '').split('\t');
	return lines.flatMap((line, index) => {
		if (line === '') return [];
		const cells = line.split('\t');
		const row = rowSchema.safeParse(Object.fromEntries(columns.map((name, column) => [name, cells[column]])));
		if (!row.success) throw new BenchError(`${MANIFEST} line ${index + 2}: ${z.prettifyError(row.error)}`);
		const { tool, file, mime: mimeType, params, expect } = row.data;
		return [{ tool, path: join(folder, file), label: file, mimeType, params, expect: expect.split('|') }];
	});
}

/** Finds the true text of a scan: `gt_x.txt` beside `gt_x_anything.pdf`. Returns undefined where there is none. */
export function truthPath(path: string): string | undefined {
	const words = basename(path, extname(path)).split('_');
	if (words[0] !== 'gt') return undefined;
	return words
		.map((_, index) => join(dirname(path), `${words.slice(0, words.length - index).join('_')}.txt`))
		.find((candidate) => candidate !== path && existsSync(candidate));
}
