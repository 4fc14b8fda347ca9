import { existsSync } from 'node:fs';
import { loadTools } from '@creatorr/tools/runners';
import type { Options } from '../options.ts';
import type { Section } from '../report/section.ts';
import { startToolRunner } from '../run/trial.ts';
import { generateFiles } from '../samples/generated.ts';
import { readFolder } from '../samples/samples.ts';
import { type Comparison, compare } from './compare.ts';

/** Compares each tool that has files with the plain command. */
export async function* bench({ dir, only }: Options): AsyncGenerator<Section> {
	const all = readFolder(dir ?? generateFiles(), only);
	for (const [slug, tool] of await loadTools()) {
		const file = new URL(`./${slug}.ts`, import.meta.url);
		const samples = all.filter((sample) => sample.tool === slug);
		if (samples.length === 0 || !existsSync(file)) continue;
		const { comparison }: { comparison: Comparison<unknown> } = await import(file.href);
		const runner = startToolRunner(tool);
		const section = await compare({ tool, runner, samples, withLarge: !dir }, comparison);
		await runner.stop();
		yield section;
	}
}
