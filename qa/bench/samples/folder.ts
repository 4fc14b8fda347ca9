import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import type { ToolManifest } from '@creatorr/tool-kit/tool/manifest';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { BenchError } from '../say.ts';
import { MANIFEST, readManifest } from './listing.ts';
import { declaredType } from './media-type.ts';
import { type Sample, SUCCEEDED } from './sample.ts';
import { truthPath } from './truth.ts';

/** The files of a folder, by its manifest where there is one, else by their kind. */
export async function readFolder(
	folder: string,
	filter: { only: readonly string[]; skip: readonly string[] },
): Promise<Sample[]> {
	if (!existsSync(folder)) throw new BenchError(`There is no folder ${folder}.`);
	const samples = existsSync(join(folder, MANIFEST)) ? await readManifest(folder) : await listFolder(folder);
	const chosen = samples.filter(
		({ tool, label }) =>
			(filter.only.length === 0 || filter.only.includes(tool)) &&
			!filter.skip.some((text) => label.includes(text)),
	);
	if (chosen.length === 0) throw new BenchError(`${folder} has no file for that.`);
	return chosen;
}

async function listFolder(folder: string): Promise<Sample[]> {
	const tools = [...(await loadCatalogue()).values()];
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const labels = entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
	return labels.sort().flatMap((label) => toSample(tools, folder, label));
}

type Manifests = readonly ToolManifest[];

function toSample(tools: Manifests, folder: string, label: string): Sample[] {
	const mimeType = declaredType(label);
	const isTruth = basename(label).startsWith('gt_') && label.endsWith('.txt');
	if (mimeType === undefined || isTruth) return [];
	const path = join(folder, label);
	const tool =
		toolOfFolder(tools, label.split(sep)[0] ?? '') ??
		(truthPath(path) === undefined ? likelyTool(tools, mimeType) : readerOf(tools));
	return tool ? [{ tool: tool.slug, path, label, mimeType, params: {}, expect: [SUCCEEDED] }] : [];
}

/** A folder may have the name of a tool, or the first word of it. */
function toolOfFolder(tools: Manifests, name: string): ToolManifest | undefined {
	return tools.find(({ slug }) => slug === name || slug.split('_')[0] === name);
}

/** Of the tools that take the type, the one that takes the fewest others. */
function likelyTool(tools: Manifests, mimeType: string): ToolManifest | undefined {
	const takers = tools.filter(({ accepts }) => accepts.includes(mimeType));
	return takers.toSorted((one, other) => one.accepts.length - other.accepts.length)[0];
}

/** The tool that reads text in a language, which can be held against the true text. */
function readerOf(tools: Manifests): ToolManifest | undefined {
	return tools.find(({ choices = {} }) => 'languages' in choices);
}
