import { existsSync } from 'node:fs';
import { loadTools } from '@creatorr/tools/runners';
import type { Options } from '../options.ts';
import type { Section } from '../report/section.ts';
import { readFolder } from '../samples/samples.ts';
import { type Comparison, compareTool } from './compare.ts';

/** Compares each tool that has files with the plain command. The comparison of a tool is the file with its name. */
export async function* bench({ dir, only }: Options): AsyncGenerator<Section> {
	const samples = await readFolder(dir, only);
	for (const [slug, tool] of await loadTools()) {
		const file = new URL(`./${slug}.ts`, import.meta.url);
		const own = samples.filter((sample) => sample.tool === slug);
		if (own.length === 0 || !existsSync(file)) continue;
		const { comparison }: { comparison: Comparison<unknown> } = await import(file.href);
		yield await compareTool(tool, own, comparison);
	}
}
