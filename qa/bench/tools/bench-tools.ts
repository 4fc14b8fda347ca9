import { existsSync } from 'node:fs';
import { loadTools } from '@creatorr/tools/runners';
import type { Options } from '../options.ts';
import type { Section } from '../report/figure.ts';
import { renderSection } from '../report/table.ts';
import { startWorker } from '../run/worker.ts';
import { readFolder } from '../samples/folder.ts';
import { makeFiles } from '../samples/made.ts';
import { say } from '../say.ts';
import type { BenchContext } from './bench-context.ts';

type Bench = (context: BenchContext) => Promise<Section>;

/** The bench of a tool stands in the file that is named as the tool; a tool need not have one. */
async function loadBench(slug: string): Promise<Bench | undefined> {
	const file = new URL(`./${slug}.ts`, import.meta.url);
	if (!existsSync(file)) return undefined;
	return ((await import(file.href)) as { bench: Bench }).bench;
}

/** Holds each tool that has files against its naive command; says each table as soon as it is there. */
export async function benchTools(options: Options): Promise<Section[]> {
	const { dir, only, skip, repeat } = options;
	const made = dir === undefined || options.withLarge ? await makeFiles() : undefined;
	const samples = await readFolder(dir ?? made?.folder ?? '', { only, skip });
	const tools = await loadTools();
	const sections: Section[] = [];
	for (const [slug, tool] of tools) {
		const bench = await loadBench(slug);
		const own = samples.filter((sample) => sample.tool === slug);
		if (!bench || own.length === 0) continue;
		const large = options.withLarge ? made?.large : undefined;
		const worker = startWorker(tool, { jobsPerProcess: 1 });
		const progress = (label: string) => process.stderr.write(`${slug}: ${label}\n`);
		const section = await bench({ tool, worker, samples: own, repeat, large, progress });
		await worker.stop();
		sections.push(section);
		say(renderSection(section));
	}
	return sections;
}
