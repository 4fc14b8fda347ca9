import type { PrewarmedCommand, Probe, Run, Tool } from '@creatorr/tool-kit/tool/tool';
import { hasModule, loadCatalogue } from './catalogue.ts';

/** Every tool with its code, by slug; for the worker alone. Throws when a folder lacks its run. */
export async function loadTools(): Promise<ReadonlyMap<string, Tool>> {
	const catalogue = await loadCatalogue();
	const tools = await Promise.all(
		[...catalogue.values()].map(async (manifest) => ({
			manifest,
			run: await loadRun(manifest.slug),
			...(await loadCapabilities(manifest.slug)),
			...(await loadPrewarmed(manifest.slug)),
		})),
	);
	return new Map(tools.map((tool) => [tool.manifest.slug, tool]));
}

async function loadRun(slug: string): Promise<Run> {
	const { run } = (await import(`./${slug}/run.ts`)) as { run?: Run };
	if (run) return run;
	throw new Error(`tools/${slug}/run.ts must export run`);
}

/** A tool need not have anything to choose from. */
async function loadCapabilities(slug: string): Promise<{ capabilities?: Probe }> {
	if (!(await hasModule(slug, 'capabilities'))) return {};
	const { capabilities } = (await import(`./${slug}/capabilities.ts`)) as { capabilities?: Probe };
	if (capabilities) return { capabilities };
	throw new Error(`tools/${slug}/capabilities.ts must export capabilities`);
}

/** Only a tool whose program takes long to start needs one. */
async function loadPrewarmed(slug: string): Promise<{ prewarmed?: PrewarmedCommand }> {
	if (!(await hasModule(slug, 'standby'))) return {};
	const { standby } = (await import(`./${slug}/standby.ts`)) as { standby?: PrewarmedCommand };
	if (standby) return { prewarmed: standby };
	throw new Error(`tools/${slug}/standby.ts must export standby`);
}
