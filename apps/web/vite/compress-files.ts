import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = '**/*.{html,js,mjs,css,svg,json,txt}';
/** Operators replace these files, and would have to replace their compressed copies too. */
const REPLACEABLE = ['legal/**'];

/** Writes a `.br` and a `.gz` beside each file that gets smaller: compressed once, at the highest level, instead of per request. */
export function compressFiles(): Plugin {
	let outDir = '';
	return {
		name: 'compress-files',
		apply: 'build',
		configResolved(config) {
			outDir = join(config.root, config.build.outDir);
		},
		closeBundle() {
			for (const name of globSync(COMPRESSIBLE, { cwd: outDir, exclude: REPLACEABLE })) {
				const path = join(outDir, name);
				const bytes = readFileSync(path);
				for (const [ending, packed] of [
					['br', brotliCompressSync(bytes)],
					['gz', gzipSync(bytes, { level: 9 })],
				] as const) {
					if (packed.length < bytes.length) writeFileSync(`${path}.${ending}`, packed);
				}
			}
		},
	};
}
