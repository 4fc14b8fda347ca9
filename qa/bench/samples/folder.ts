import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { BenchError } from '../say.ts';
import { MANIFEST, readManifest } from './listing.ts';
import { declaredType, likelyTool } from './media-type.ts';
import { type Sample, SUCCEEDED } from './sample.ts';
import { truthPath } from './truth.ts';

/** Folders whose name says what their files are for. */
const TOOL_FOLDERS: Readonly<Record<string, string>> = {
	compress: 'compress_heavy',
	office: 'office_to_pdf',
	ocr: 'ocr',
};

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
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const labels = entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
	return labels.sort().flatMap((label) => toSample(folder, label));
}

function toSample(folder: string, label: string): Sample[] {
	const mimeType = declaredType(label);
	const isTruth = basename(label).startsWith('gt_') && label.endsWith('.txt');
	if (mimeType === undefined || isTruth) return [];
	const tool = TOOL_FOLDERS[label.split(sep)[0] ?? ''] ?? chooseTool(folder, label, mimeType);
	return [{ tool, path: join(folder, label), label, mimeType, params: {}, expect: [SUCCEEDED] }];
}

function chooseTool(folder: string, label: string, mimeType: string): string {
	return truthPath(join(folder, label)) === undefined ? likelyTool(mimeType) : 'ocr';
}
