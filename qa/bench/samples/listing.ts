import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BenchError } from '../say.ts';
import type { Sample } from './sample.ts';

export const MANIFEST = 'manifest.tsv';

const rowSchema = z.object({
	tool: z.string().min(1),
	file: z.string().min(1),
	mime: z.string().min(1),
	params: z
		.string()
		.transform((text) => JSON.parse(text || '{}') as unknown)
		.pipe(z.record(z.string(), z.unknown())),
	expect: z.string().min(1).default('succeeded'),
});

/** The files that a folder's manifest names, in its order. Throws a BenchError that names the line that is wrong. */
export async function readManifest(folder: string): Promise<Sample[]> {
	const lines = (await readFile(join(folder, MANIFEST), 'utf8')).split(/\r?\n/);
	const columns = (lines.shift() ?? '').split('\t');
	return lines.flatMap((line, index) => (line === '' ? [] : [toSample(folder, columns, line, index + 2)]));
}

function toSample(folder: string, columns: readonly string[], line: string, number: number): Sample {
	const cells = line.split('\t');
	const row = rowSchema.safeParse(Object.fromEntries(columns.map((name, index) => [name, cells[index]])));
	if (!row.success) throw new BenchError(`${MANIFEST} line ${number}: ${z.prettifyError(row.error)}`);
	const { tool, file, mime, params, expect } = row.data;
	return { tool, path: join(folder, file), label: file, mimeType: mime, params, expect: expect.split('|') };
}
