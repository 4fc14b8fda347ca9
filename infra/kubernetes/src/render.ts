import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';

export const OVERLAYS = ['small', 'large', 'local'] as const;
type Overlay = (typeof OVERLAYS)[number];

export interface Resource {
	apiVersion: string;
	kind: string;
	metadata: { name: string; namespace?: string };
	[field: string]: unknown;
}

const DIRECTORY = join(import.meta.dirname, '..', 'overlays');

/** Returns all resources of an overlay, as kustomize renders them. Rejects with the error of kustomize. */
export async function renderOverlay(overlay: Overlay): Promise<Resource[]> {
	const { stdout } = await promisify(execFile)('kustomize', ['build', join(DIRECTORY, overlay)], {
		maxBuffer: 16 * 1024 ** 2,
	});
	return parseAllDocuments(stdout).map((document) => document.toJS() as Resource);
}
