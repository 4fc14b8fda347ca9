import { access, readdir } from 'node:fs/promises';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';

/** Every tool's manifest by its slug, in the order of slugs. */
export type Catalogue = ReadonlyMap<string, ToolManifest>;

const HERE = new URL('.', import.meta.url);

/** Finds the tools: the folders beside this file that hold a manifest. Throws when a folder is not named as its tool's slug. */
export async function loadCatalogue(): Promise<Catalogue> {
	const folders = (await readdir(HERE, { withFileTypes: true })).filter((entry) => entry.isDirectory());
	const slugs: string[] = [];
	for (const { name } of folders) if (await hasModule(name, 'manifest')) slugs.push(name);
	const manifests = await Promise.all(slugs.sort().map(loadManifest));
	return new Map(manifests.map((manifest) => [manifest.slug, manifest]));
}

/** Whether a tool's folder has a module of this name. */
export async function hasModule(folder: string, name: string): Promise<boolean> {
	return access(new URL(`${folder}/${name}.ts`, HERE)).then(
		() => true,
		() => false,
	);
}

async function loadManifest(folder: string): Promise<ToolManifest> {
	const { manifest } = (await import(`./${folder}/manifest.ts`)) as { manifest?: ToolManifest };
	if (manifest?.slug === folder) return manifest;
	throw new Error(`tools/${folder}/manifest.ts must export a manifest with the slug ${folder}`);
}
