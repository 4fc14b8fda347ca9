import { existsSync } from 'node:fs';
import { loadTools } from '@creatorr/tools/runners';
import type { Options } from '../options.ts';
import type { Section } from '../report/section.ts';
import { startToolRunner } from '../run/trial.ts';
import { generateFiles } from '../samples/generated.ts';
import { readFolder } from '../samples/samples.ts';
import type { ToolBench } from './compare.ts';

/** Compares each tool that has files with the plain command. The bench of a tool is the file with its name. */
export async function* bench({ dir, only }: Options): AsyncGenerator<Section> {
	const samples = readFolder(dir ?? generateFiles(), only);
	for (const [slug, tool] of await loadTools()) {
		const file = new URL(`./${slug}.ts`, import.meta.url);
		const own = samples.filter((sample) => sample.tool === slug);
		if (own.length === 0 || !existsSync(file)) continue;
		const { compareTool } = (await import(file.href)) as {
			compareTool(context: ToolBench): Promise<Section>;
		};
		const runner = startToolRunner(tool);
		const section = await compareTool({ tool, runner, samples: own, withLarge: !dir });
		await runner.stop();
		yield section;
	}
}
