import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';

/** Manifests by slug, in the order of slugs. */
export type Catalog = ReadonlyMap<string, ToolManifest>;

const HERE = new URL('.', import.meta.url);

/** Loads the manifests of the folders beside this file. Throws if a folder is not named like its tool's slug. */
export async function loadCatalog(): Promise<Catalog> {
	const folders = (await readdir(HERE, { withFileTypes: true })).filter((entry) => entry.isDirectory());
	const slugs = folders
		.map(({ name }) => name)
		.filter((name) => existsSync(new URL(`${name}/manifest.ts`, HERE)));
	const manifests = await Promise.all(slugs.sort().map(loadManifest));
	return new Map(manifests.map((manifest) => [manifest.slug, manifest]));
}

async function loadManifest(folder: string): Promise<ToolManifest> {
	const { manifest } = (await import(`./${folder}/manifest.ts`)) as { manifest?: ToolManifest };
	if (manifest?.slug === folder) return manifest;
	throw new Error(`tools/${folder}/manifest.ts must export a manifest with the slug ${folder}`);
}
