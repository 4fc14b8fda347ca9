import { existsSync, globSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { loadCatalog } from '@creatorr/tools/catalog';
import mime from 'mime';
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
export async function smallestSample(tool: string): Promise<Sample> {
	const samples = await readFolder(generateFiles(), [tool]);
	return samples.reduce((one, other) => (statSync(other.path).size < statSync(one.path).size ? other : one));
}

/** Reads the files of a folder from its manifest.tsv; without one, returns each for every tool that accepts its type. */
export async function readFolder(folder: string, only: readonly string[] = []): Promise<Sample[]> {
	if (!existsSync(folder)) throw new BenchError(`There is no folder ${folder}.`);
	const samples = existsSync(join(folder, MANIFEST)) ? await readManifest(folder) : await listFolder(folder);
	const chosen = samples.filter(({ tool }) => only.length === 0 || only.includes(tool));
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

async function readManifest(folder: string): Promise<Sample[]> {
	const lines = (await readFile(join(folder, MANIFEST), 'utf8')).split(/\r?\n/);
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

/** Returns each file for each tool that accepts its type. The true text of a scan is no input. */
async function listFolder(folder: string): Promise<Sample[]> {
	const tools = [...(await loadCatalog()).values()];
	const labels = globSync('**/*.*', { cwd: folder }).filter((label) => !/(^|\/)gt_[^/]*\.txt$/.test(label));
	return labels.sort().flatMap((label) => {
		const mimeType = mime.getType(label) ?? '';
		return tools
			.filter(({ accepts }) => accepts.includes(mimeType))
			.map(({ slug: tool }) => {
				return { tool, path: join(folder, label), label, mimeType, params: {}, expect: [SUCCEEDED] };
			});
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
