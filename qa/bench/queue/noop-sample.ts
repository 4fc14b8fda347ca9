import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEXT } from '@creatorr/tool-kit/files/media-types';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { scratchRoot } from '../run/scratch.ts';
import { type Sample, SUCCEEDED } from '../samples/sample.ts';
import { manifest } from './noop/manifest.ts';
import { run } from './noop/run.ts';

/** The tool that the product has here besides its own. */
export const NOOP = { manifest, run } as Tool;

/** A line of text for it. */
export function noopSample(params: { sandboxed: boolean }): Sample {
	const path = join(scratchRoot(), 'noop.txt');
	writeFileSync(path, 'Nothing is done with this.\n');
	return {
		...{ tool: manifest.slug, path, label: 'a line of text', mimeType: TEXT },
		...{ params, expect: [SUCCEEDED] },
	};
}
