import type { PrewarmedCommand, Probe, Run, Tool } from '@creatorr/tool-kit/tool/tool';
import { loadCatalogue } from './catalogue.ts';

/** What a tool's run.ts exports. */
interface RunModule {
	run?: Run;
	/** Of a tool that has something to choose from, such as languages. */
	capabilities?: Probe;
	/** Of a tool whose program takes long to start. */
	prewarmed?: PrewarmedCommand;
}

/** Every tool with its code, by slug; for the worker alone. Throws when a folder lacks its run. */
export async function loadTools(): Promise<ReadonlyMap<string, Tool>> {
	const catalogue = await loadCatalogue();
	const tools = await Promise.all(
		[...catalogue.values()].map(async (manifest): Promise<Tool> => {
			const { run, capabilities, prewarmed } = (await import(`./${manifest.slug}/run.ts`)) as RunModule;
			if (!run) throw new Error(`tools/${manifest.slug}/run.ts must export run`);
			return { manifest, run, ...(capabilities && { capabilities }), ...(prewarmed && { prewarmed }) };
		}),
	);
	return new Map(tools.map((tool) => [tool.manifest.slug, tool]));
}
