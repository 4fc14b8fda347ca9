import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TEXT } from '@creatorr/tool-kit/files/media-types';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { scratchRoot } from '../run/scratch.ts';
import { type Sample, SUCCEEDED } from '../samples/samples.ts';
import { manifest } from './noop/manifest.ts';
import { run } from './noop/run.ts';

/** The tool that a bench adds to the product. */
export const NOOP = { manifest, run } as Tool;

/** @param params.sandboxed whether the tool runs its command */
export function noopSample(params: { sandboxed: boolean }): Sample {
	const path = join(scratchRoot(), 'line.txt');
	writeFileSync(path, 'One line of text.\n');
	return { tool: 'noop', path, label: 'a line of text', mimeType: TEXT, params, expect: [SUCCEEDED] };
}
