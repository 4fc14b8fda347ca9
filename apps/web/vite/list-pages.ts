import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Writes the paths of the pages beside the build, with parameters as OpenAPI writes them: `/tools/{slug}`. */
export function listPages(paths: readonly string[]): Plugin {
	let outDir = '';
	return {
		name: 'list-pages',
		apply: 'build',
		configResolved(config) {
			outDir = join(config.root, config.build.outDir);
		},
		// not closeBundle, which comes after a failure too, and would fail in the place of what is wrong
		writeBundle() {
			const patterns = paths.map((path) => path.replace(/:(\w+)/g, '{$1}'));
			writeFileSync(join(outDir, '..', 'pages.json'), `${JSON.stringify(patterns, null, 2)}\n`);
		},
	};
}
