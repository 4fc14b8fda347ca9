import type { PrewarmedCommand, Probe, Run, Tool } from '@creatorr/tool-kit/tool/tool';
import { loadCatalog } from './catalog.ts';

/** Exports of a tool's run.ts. */
interface RunModule {
	run?: Run;
	/** For a tool with choices that depend on the machine, such as languages. */
	capabilities?: Probe;
	/** For a tool whose program starts slowly. */
	prewarmed?: PrewarmedCommand;
}

/** Loads every tool with its code, by slug. Only for the worker. Throws if a folder lacks its run. */
export async function loadTools(): Promise<ReadonlyMap<string, Tool>> {
	const catalog = await loadCatalog();
	const tools = await Promise.all(
		[...catalog.values()].map(async (manifest): Promise<Tool> => {
			const { run, capabilities, prewarmed } = (await import(`./${manifest.slug}/run.ts`)) as RunModule;
			if (!run) throw new Error(`tools/${manifest.slug}/run.ts must export run`);
			return { manifest, run, ...(capabilities && { capabilities }), ...(prewarmed && { prewarmed }) };
		}),
	);
	return new Map(tools.map((tool) => [tool.manifest.slug, tool]));
}
